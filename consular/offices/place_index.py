"""The places of the gazetteer, ready to be looked up: by spelling, by sound, by beginning, by region."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from consular.foundation.geography import haversine_km
from consular.offices.place_names import display, fold, key, names_in, sound
from consular.offices.places import Locality, Place

# A homonym within one region is told apart by the nearest town of at least so many people.
TOWN = 5_000
# A region's name is as likely to be meant as that of a city of so many people.
WEIGHT_OF_A_REGION = 1_000_000
# The last words of a name may stand for it (Lloc for San Pedro de Lloc) from so many letters on.
SHORTEST_END = 4


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A place with what is needed to choose between homonyms. Compared by identity."""

    place: Place
    name: str
    region_code: str
    population: int
    number: int
    namesake: bool  # a locality with the name of its own region, or that region

    @property
    def is_region(self) -> bool:
        return self.place.precision == "region"


@dataclass(slots=True)
class Names:
    """Entries by one form of their names; the flag says whether it is a primary name."""

    form: Callable[[str], str]
    entries: dict[str, dict[Entry, bool]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, name: str, entry: Entry, *, primary: bool) -> None:
        formed = self.form(name)
        if formed:
            self.entries[formed][entry] = primary or self.entries[formed].get(entry, False)

    def get(self, name: str) -> Mapping[Entry, bool]:
        return self.entries.get(self.form(name), {})


@dataclass(slots=True)
class Compared:
    """Primary names as they are said and as they are spelt; the three lists run in step."""

    sounds: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def add(self, name: str, entry: Entry) -> None:
        self.sounds.append(sound(name))
        self.spellings.append(key(name))
        self.entries.append(entry)


class PlaceIndex:
    """Every locality and region under every form in which it may be asked for."""

    def __init__(self, localities: Sequence[Locality], regions: Mapping[str, str]) -> None:
        self.spelt, self.said, self.ends = Names(key), Names(sound), Names(key)
        self.by_label: dict[str, Entry] = {}
        self.by_district: dict[str, Entry] = {}
        self.at: dict[int, Entry] = {}
        self.regions_spelt = {key(name): code for code, name in regions.items()}
        self.regions_said = {sound(name): code for code, name in regions.items()}
        self.compared: dict[str | None, Compared] = defaultdict(Compared)  # by region, and all under None
        self._starts: list[tuple[str, Entry, bool]] = []
        labels = _labels(localities)
        for locality in localities:
            self._add_locality(locality, labels[locality.geonames_id])
        for code, name in regions.items():
            self._add_region(code, name, [each for each in localities if each.region_code == code])
        self._starts.sort(key=lambda start: start[0])

    def beginning(self, formed: str) -> Iterator[tuple[Entry, bool]]:
        """Entries with a name that begins (flag true), or has a word that begins, with a `key()` form."""
        for start, entry, whole in self._starts[bisect_left(self._starts, formed, key=lambda s: s[0]) :]:
            if not start.startswith(formed):
                return
            yield entry, whole

    def _add_locality(self, locality: Locality, label: str) -> None:
        entry = Entry(
            place=Place(label, locality.region, locality.position, "locality"),
            name=display(locality.name),
            region_code=locality.region_code,
            population=locality.population,
            number=locality.geonames_id,
            namesake=locality.population > 0 and key(locality.name) == key(locality.region),
        )
        self.by_label[fold(label)] = entry
        self.at[locality.geonames_id] = entry
        if locality.district_inei:
            self.by_district[locality.district_inei] = entry
        for name in names_in(locality.name):
            self._add_primary(name, entry, compared=True)
        for name in locality.other_names:
            self.spelt.add(name, entry, primary=False)
            self.said.add(name, entry, primary=False)
            self._add_starts(name, entry)
        self._starts.append((key(locality.name) + key(locality.region), entry, True))

    def _add_region(self, code: str, name: str, localities: Sequence[Locality]) -> None:
        if not localities:
            return
        # INEI numbers the district of a region's capital 0101.
        capital = max(localities, key=lambda each: (each.district_inei == code + "0101", each.population))
        self.by_district.setdefault(code + "0101", self.at[capital.geonames_id])
        namesake = any(entry.namesake and entry.region_code == code for entry in self.spelt.get(name))
        label = f"Región {name}" if namesake else name
        place = Place(label, name, capital.position, "region")
        entry = Entry(place, name, code, WEIGHT_OF_A_REGION, int(code), namesake=True)
        self._add_primary(name, entry, compared=not namesake)  # what is like its name is like the town's

    def _add_primary(self, name: str, entry: Entry, *, compared: bool) -> None:
        self.spelt.add(name, entry, primary=True)
        self.said.add(name, entry, primary=True)
        self._add_starts(name, entry)
        for region in (None, entry.region_code) if compared else ():
            self.compared[region].add(name, entry)

    def _add_starts(self, name: str, entry: Entry) -> None:
        words = fold(name).split()
        for word in range(len(words)):
            rest = "".join(words[word:])
            self._starts.append((rest, entry, word == 0))
            if word and len(rest) >= SHORTEST_END:
                self.ends.add(rest, entry, primary=True)


def _labels(localities: Sequence[Locality]) -> dict[int, str]:
    """A unique label for every locality: `Caraz, Áncash`; `Aco (Corongo), Áncash` where there are several."""
    homonyms: dict[tuple[str, str], list[Locality]] = defaultdict(list)
    for locality in localities:
        homonyms[fold(display(locality.name)), locality.region_code].append(locality)
    towns = [each for each in localities if each.population >= TOWN]
    labels: dict[int, str] = {}
    for group in homonyms.values():
        taken: set[str] = set()
        for locality in group:
            near = _near(locality, towns, taken) if len(group) > 1 else None
            place = display(locality.name) + (f" ({near})" if near else "")
            labels[locality.geonames_id] = f"{place}, {locality.region}"
    return labels


def _near(locality: Locality, towns: Sequence[Locality], taken: set[str]) -> str | None:
    distances = haversine_km(locality.position, [town.position for town in towns])
    for _, town in sorted(zip(distances, towns, strict=True), key=lambda pair: pair[0]):
        name = display(town.name)
        if town.name != locality.name and name not in taken:
            taken.add(name)
            return name
    return None
