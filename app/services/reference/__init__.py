"""Reference data: what the product knows before anybody uses it, each part replaceable by an operator's own file."""
