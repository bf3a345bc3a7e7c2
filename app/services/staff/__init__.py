"""Who works here: sign-in, accounts, shifts, phones and the numbers reserved for them."""
