"""Finds the place that a person names, however it is written. Pure: built from plain localities and regions."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from consular.foundation.geography import haversine_km, parse_position
from consular.offices.place_index import Entry, Names, PlaceIndex
from consular.offices.place_names import LONGEST, Reading, fold, is_street, key, read, sound
from consular.offices.places import Found as Found
from consular.offices.places import Locality as Locality
from consular.offices.places import Place as Place
from consular.offices.places import PlaceUnknown as PlaceUnknown

# How alike (0 to 1) a misspelt name must be: more for a hamlet, because any word resembles some hamlet.
ALIKE_TOWN, ALIKE_HAMLET, ALIKE_SUGGESTED = 0.74, 0.84, 0.5
TOWN = 20_000  # people
SUGGESTIONS = 5
READINGS_COMPARED = 12  # of a long text: each is compared with every name
SHORTEST_COMPARED = 4  # letters of sound: shorter ones resemble everything
PULL = 0.02  # of ten times as many people, against likeness


@dataclass(frozen=True, slots=True)
class _Alike:
    """An entry whose name is like what was typed; `enough` to be the answer."""

    entry: Entry
    score: float
    enough: bool


class Gazetteer:
    """The places of a country by name. Never changes once built; building takes about 0.1 s."""

    def __init__(self, localities: Iterable[Locality], regions: Mapping[str, str]) -> None:
        self._index = PlaceIndex(sorted(localities, key=lambda each: each.geonames_id), regions)

    def find(self, typed: str) -> Found:
        """The place that somebody typed: a name with or without its region, an INEI code or `lat,lon`.

        Raises:
            PlaceUnknown: with the facts `typed` and `suggestions` (labels).
            PositionOutsideEarth: coordinates that no place has.
        """
        given = parse_position(typed)
        if given is not None:
            return Found(Place(f"{given.latitude:g}, {given.longitude:g}", None, given, "given"), ())
        if len(typed) > LONGEST:
            raise PlaceUnknown(typed=typed[:LONGEST], suggestions=[])
        labelled = self._index.by_label.get(fold(typed))
        if labelled is not None:
            return _found([labelled], exact=True)
        text = read(typed)
        if text.code is not None:
            return self._district(text.code)
        for exact, look in (
            (True, self._named),
            (True, self._beside),
            (False, self._at_street),
            (False, self._sounding),
            (False, self._ending),
        ):
            for reading in text.readings:
                hits = look(reading, text.region_asked)
                if hits:
                    return _found(hits, exact=exact)
        return self._alike(typed, text.readings)

    def suggest(self, prefix: str, limit: int = 8) -> list[Place]:
        """Places while somebody types: names that begin so, then those with a word that begins so."""
        formed = key(prefix[:LONGEST])
        if not formed:
            return []
        begun: dict[Entry, bool] = {}
        for entry, whole in self._index.beginning(formed):
            begun[entry] = whole or begun.get(entry, False)
        ranked = sorted(begun, key=lambda each: (not begun[each], -each.population, each.number))
        # A region that shares its name with a town is left to the town's alternatives.
        places = [
            entry.place for entry in ranked if not (entry.is_region and entry.place.label != entry.name)
        ]
        if not places:
            places = [alike.entry.place for alike in self._similar([Reading(prefix)]) if alike.enough]
        return places[:limit]

    def _district(self, code: str) -> Found:
        """A district by its INEI code; when its town is not known, the nearest code of its province."""
        known = self._index.by_district
        if code in known:
            return Found(replace(known[code].place, precision="district"), ())
        province = [each for each in known if each[:4] == code[:4]]
        if not province:
            raise PlaceUnknown(typed=code, suggestions=[])
        closest = min(province, key=lambda each: (abs(int(each) - int(code)), each))
        return Found(known[closest].place, (), exact=False)

    def _named(self, reading: Reading, region_asked: bool) -> list[Entry]:
        return _chosen(self._index.spelt, self._index.regions_spelt, reading, region_asked)

    def _sounding(self, reading: Reading, region_asked: bool) -> list[Entry]:
        return _chosen(self._index.said, self._index.regions_said, reading, region_asked)

    def _ending(self, reading: Reading, region_asked: bool) -> list[Entry]:
        """`Lloc`, the last words of San Pedro de Lloc; but not `Puerto`, with which other names begin."""
        if any(whole for _, whole in self._index.beginning(key(reading.name))):
            return []
        return _chosen(self._index.ends, self._index.regions_spelt, reading, region_asked)

    def _beside(self, reading: Reading, region_asked: bool) -> list[Entry]:
        """`Caraz, Huaylas`: the second name is no region but another place, often the province's capital."""
        if reading.region is None:
            return []
        marks = [mark for mark in self._index.spelt.get(reading.region) if not mark.is_region]
        measured = []
        for entry in self._index.spelt.get(reading.name):
            near = [mark.place.position for mark in marks if mark.region_code == entry.region_code]
            if near and not entry.is_region:
                measured.append((min(haversine_km(entry.place.position, near)), entry.number, entry))
        return [entry for _, _, entry in sorted(measured, key=lambda each: each[:2])]

    def _at_street(self, reading: Reading, region_asked: bool) -> list[Entry]:
        """`Av. El Sol 123, Cusco`: no street is known here, but its town is."""
        if reading.region is None or not is_street(reading.name):
            return []
        return _chosen(self._index.spelt, {}, Reading(reading.region), region_asked)

    def _alike(self, typed: str, readings: Sequence[Reading]) -> Found:
        elsewhere = self._elsewhere(readings)
        if elsewhere:
            raise PlaceUnknown(typed=typed, suggestions=_labels(elsewhere))
        similar = self._similar(readings)
        enough = [alike.entry for alike in similar if alike.enough]
        if enough:
            return _found(enough[: 1 + SUGGESTIONS], exact=False)
        begun = [place.label for place in self.suggest(typed, SUGGESTIONS)]
        raise PlaceUnknown(typed=typed, suggestions=begun or _labels([alike.entry for alike in similar]))

    def _elsewhere(self, readings: Sequence[Reading]) -> list[Entry]:
        """`Huaraz, Lima`: a known name that its region does not have. Which of the two is wrong, who knows."""
        for reading in readings:
            if reading.region is not None and key(reading.region) in self._index.regions_spelt:
                named = [Reading(reading.name), Reading(reading.region)]
                found = [self._named(each, region_asked=False)[:1] for each in named]
                if all(found):
                    return [entry for entries in found for entry in entries]
        return []

    def _similar(self, readings: Sequence[Reading]) -> list[_Alike]:
        """Places with a name like one of the readings, the likeliest first."""
        best: dict[Entry, _Alike] = {}
        for reading in readings[:READINGS_COMPARED]:
            region = None if reading.region is None else self._region_like(reading.region)
            if reading.region is None or region is not None:
                for alike in self._similar_within(region, reading.name):
                    if alike.entry not in best or best[alike.entry].score < alike.score:
                        best[alike.entry] = alike
        return sorted(best.values(), key=lambda each: (-each.score, each.entry.number))

    def _similar_within(self, region: str | None, name: str) -> Iterator[_Alike]:
        said, spelt = sound(name), key(name)
        if len(said) < SHORTEST_COMPARED:
            return
        names = self._index.compared[region]
        near = {place for _, _, place in [*_nearest(said, names.sounds), *_nearest(spelt, names.spellings)]}
        for place in near:
            entry = names.entries[place]
            by_sound = OSA.normalized_similarity(said, names.sounds[place])
            by_letter = OSA.normalized_similarity(spelt, names.spellings[place])
            likeness = 0.7 * max(by_sound, by_letter) + 0.3 * min(by_sound, by_letter)
            small = entry.population < TOWN and region is None
            yield _Alike(
                entry=entry,
                score=likeness + PULL * math.log10(1 + entry.population),
                enough=likeness >= (ALIKE_HAMLET if small else ALIKE_TOWN),
            )

    def _region_like(self, name: str) -> str | None:
        said = sound(name)
        if said in self._index.regions_said:
            return self._index.regions_said[said]
        regions = self._index.regions_said
        like = process.extractOne(
            said, list(regions), scorer=OSA.normalized_similarity, score_cutoff=ALIKE_TOWN
        )
        return None if like is None else regions[like[0]]


def _chosen(names: Names, regions: Mapping[str, str], reading: Reading, region_asked: bool) -> list[Entry]:
    """The entries of a name, within the region if one is read, the likeliest first."""
    hits = names.get(reading.name)
    if reading.region is not None:
        code = regions.get(names.form(reading.region))
        hits = {entry: primary for entry, primary in hits.items() if entry.region_code == code}
    within = reading.region is not None

    def rank(entry: Entry) -> tuple[int, int, int]:
        return _kind_rank(entry, hits[entry], within, region_asked), -entry.population, entry.number

    return sorted(hits, key=rank)


def _kind_rank(entry: Entry, primary: bool, within: bool, region_asked: bool) -> int:
    """What is meant first: the town that its region is named after, the region, a primary name, another name."""
    if entry.is_region:
        return 0 if region_asked else 3 if within else 1
    if entry.namesake and not within:
        return 0 if not region_asked else 1
    return 2 if primary else 4


def _found(entries: Sequence[Entry], *, exact: bool) -> Found:
    first = entries[0].place
    others = (entry.place for entry in entries[1:])
    # A region and its capital are one position: no choice to offer.
    return Found(first, tuple(place for place in others if place.position != first.position), exact)


def _nearest(name: str, names: list[str]) -> list[tuple[str, float, int]]:
    return process.extract(
        name, names, scorer=OSA.normalized_similarity, score_cutoff=ALIKE_SUGGESTED, limit=3 * SUGGESTIONS
    )


def _labels(entries: Sequence[Entry]) -> list[str]:
    return [entry.place.label for entry in entries[:SUGGESTIONS]]
