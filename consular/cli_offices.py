"""Commands about offices: better positions for their addresses."""

import click
from flask.cli import AppGroup

from consular.foundation import clock
from consular.foundation.database import transaction
from consular.offices.geocoding.office_positions import Proposal, proposals, write_positions
from consular.web.places import geocoding_service

COUNTRY_ZONE = "America/Lima"

offices = AppGroup("offices", help="What is published about offices.")


@offices.command("geocode")
@click.option("--write", is_flag=True, help="Do it; without this it only says what would change.")
def geocode(write: bool) -> None:
    """Look for better positions: of addresses at the service of GEOCODER_URL, of towns in the gazetteer."""
    service = geocoding_service()
    if service is None:
        click.echo("GEOCODER_URL is not set: only the gazetteer is asked, which knows towns")
    found = proposals(service)
    for each in found:
        click.echo(_line(each))
    better = [each for each in found if each.after is not None]
    if write and better:
        with transaction():
            write_positions(better, clock.day_in(COUNTRY_ZONE, clock.now()))
    done = "moved" if write else "would move; --write does it"
    click.echo(f"{len(better)} of {len(found)} offices {done}. © OpenStreetMap contributors")


def _line(proposal: Proposal) -> str:
    if proposal.after is None:
        return f"{proposal.slug}: stays; {proposal.why} ({proposal.address or 'no address'})"
    before, after = proposal.before, proposal.after
    return (
        f"{proposal.slug}: {before.latitude:.5f}, {before.longitude:.5f} -> {after.latitude:.5f}, "
        f"{after.longitude:.5f}, {proposal.moved_km:.2f} km, now of its {proposal.precision}"
    )
