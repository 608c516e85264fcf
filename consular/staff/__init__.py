"""Who works here: accounts, what each role may do, signing in, and the keys of outside programs."""
