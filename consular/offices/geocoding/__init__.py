"""From an address to a position: the gazetteer, a geocoding service in front of it, and who may ask it when."""
