"""Messages that must reach somebody: written with what they tell, sent later by a worker."""
