"""What a citizen reads of a request: its steps, who holds the papers, who must act next."""
