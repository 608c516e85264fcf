"""The suite. It mirrors consular/; journeys/ drives a browser, races/ the database, house_rules/ the source."""
