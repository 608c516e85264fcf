"""The places of the gazetteer, ready to be looked up: by spelling, by sound, by beginning, by code, by region."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from consular.offices.place_entries import (
    Entry,
    district_entries,
    province_entries,
    region_entries,
    town_entries,
)
from consular.offices.place_names import fold, key, names_in, sound
from consular.offices.places import Divisions, Locality

# The last words of a name may stand for it (Lloc for San Pedro de Lloc) from so many letters on.
SHORTEST_END = 4


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


class Beginnings:
    """Entries by how their names, or the words in their names, begin. Filled, then sorted, then asked."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self.form = form
        self._starts: list[tuple[str, Entry, bool]] = []

    def add(self, name: str, entry: Entry) -> None:
        words = fold(name).split()
        # Whoever goes on with the region («caraz, an») still begins the name.
        rest = "" if entry.kind == "region" else f" {entry.place.region}"
        for word in range(len(words)):
            self._starts.append((self.form(" ".join(words[word:]) + rest), entry, word == 0))

    def sort(self) -> None:
        self._starts.sort(key=lambda start: start[0])

    def of(self, formed: str) -> Iterator[tuple[Entry, bool]]:
        """Entries with a name that begins (flag true), or has a word that begins, with a text in our form."""
        for place in range(bisect_left(self._starts, formed, key=lambda s: s[0]), len(self._starts)):
            start, entry, whole = self._starts[place]
            if not start.startswith(formed):
                return
            yield entry, whole


class PlaceIndex:
    """Every town and division under every form in which it may be asked for."""

    def __init__(
        self, localities: Sequence[Locality], regions: Mapping[str, str], divisions: Divisions
    ) -> None:
        self.spelt, self.said, self.ends = Names(key), Names(sound), Names(key)
        self.spelt_starts, self.said_starts = Beginnings(key), Beginnings(sound)
        self.by_label: dict[str, Entry] = {}
        self.by_code: dict[str, Entry] = {}  # 2, 4 or 6 digits
        self.regions_spelt = {key(name): code for code, name in regions.items()}
        self.regions_said = {sound(name): code for code, name in regions.items()}
        self.compared: dict[str | None, Compared] = defaultdict(Compared)  # by region, and all under None
        towns = town_entries(localities, divisions)
        for entry in towns:
            self._add_town(entry)
        for entry in region_entries(towns, regions):
            self._add_region(entry)
        self._add_divisions(divisions, regions, towns)
        for starts in (self.spelt_starts, self.said_starts):
            starts.sort()

    def _add_town(self, entry: Entry) -> None:
        self.by_label[fold(entry.place.label)] = entry
        if entry.district:
            self.by_code[entry.district] = entry
        for name in names_in(entry.name):
            self._add_primary(name, entry, compared=True)
        self._add_others(entry, entry.other_names)

    def _add_region(self, entry: Entry) -> None:
        # Its label is its name, which homonyms share: whoever types it is offered those too.
        self.by_code[entry.region_code] = entry
        # What is like its name is like that of the town that it is named after.
        self._add_primary(entry.name, entry, compared=not entry.place.label.startswith("Región "))

    def _add_divisions(
        self, divisions: Divisions, regions: Mapping[str, str], towns: Sequence[Entry]
    ) -> None:
        provinces = {
            f"{entry.number:04}": entry
            for entry in province_entries(divisions.provinces, self.by_code, regions)
        }
        for code, entry in provinces.items():
            self._add_province(code, entry)
        # A district is found by its capital where that is a town of the same name; the others need their own.
        others = tuple(each for each in divisions.districts if each.code not in self.by_code)
        capitals = {each.code: each.capital for each in others}
        for entry in district_entries(replace(divisions, districts=others), provinces, towns):
            code = str(entry.district)
            self.by_label[fold(entry.place.label)] = self.by_code[code] = entry
            self._add_primary(entry.name, entry, compared=True)
            capital = capitals[code]
            self._add_others(entry, [*entry.other_names, *([capital] if capital else [])])

    def _add_province(self, code: str, entry: Entry) -> None:
        self.by_label[fold(entry.place.label)] = self.by_code[code] = entry
        at_home = [each for each in self.spelt.get(entry.name) if each.place.region == entry.place.region]
        for names in (self.spelt, self.said):
            names.add(entry.name, entry, primary=True)
        # Whoever writes the name of its capital, or something like the name of a town, means the town.
        if not at_home:
            self._add_compared(entry.name, entry)
        if all(each.place.position != entry.place.position for each in at_home):
            self._add_starts(entry.name, entry)

    def _add_primary(self, name: str, entry: Entry, *, compared: bool) -> None:
        for names in (self.spelt, self.said):
            names.add(name, entry, primary=True)
        self._add_starts(name, entry)
        if compared:
            self._add_compared(name, entry)

    def _add_compared(self, name: str, entry: Entry) -> None:
        for region in (None, entry.region_code):
            self.compared[region].add(name, entry)

    def _add_others(self, entry: Entry, names: Iterable[str]) -> None:
        for name in names:
            self.spelt.add(name, entry, primary=False)
            self.said.add(name, entry, primary=False)
            self._add_starts(name, entry)

    def _add_starts(self, name: str, entry: Entry) -> None:
        for starts in (self.spelt_starts, self.said_starts):
            starts.add(name, entry)
        words = fold(name).split()
        for word in range(1, len(words)):
            rest = "".join(words[word:])
            if len(rest) >= SHORTEST_END:
                self.ends.add(rest, entry, primary=True)
