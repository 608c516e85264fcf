"""Ground that every feature stands on: database, clock, errors, geography, references, vault."""
