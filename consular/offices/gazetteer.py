"""Finds the place that a person names, however it is written. Pure: built from plain localities and regions."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from consular.foundation.geography import Extent, haversine_km, parse_position
from consular.offices.place_entries import Entry
from consular.offices.place_index import Names, PlaceIndex
from consular.offices.place_names import LONGEST, Reading, fold, is_street, key, read, sound
from consular.offices.places import District as District
from consular.offices.places import Divisions as Divisions
from consular.offices.places import Found as Found
from consular.offices.places import Locality as Locality
from consular.offices.places import Place as Place
from consular.offices.places import PlaceUnknown as PlaceUnknown
from consular.offices.places import PositionSwapped as PositionSwapped
from consular.offices.places import Province as Province

# How alike (0 to 1) a misspelt name must be: more for a hamlet, because any word resembles some hamlet.
ALIKE_TOWN, ALIKE_HAMLET, ALIKE_SUGGESTED = 0.74, 0.84, 0.5
TOWN = 20_000  # people
SUGGESTIONS = 5
READINGS_COMPARED = 12  # of a long text: each is compared with every name
SHORTEST_SAID = 3  # letters of sound from which a name is looked for by how it begins to sound
SHORTEST_COMPARED = 4  # letters of sound: shorter ones resemble everything
DISTRICT_DIGITS = 6  # of an INEI code; a province has 4, a region 2
PULL = 0.02  # of ten times as many people, against likeness


@dataclass(frozen=True, slots=True)
class _Alike:
    """An entry whose name is like what was typed; `enough` to be the answer."""

    entry: Entry
    score: float
    enough: bool


class Gazetteer:
    """The places of a country by name. Never changes once built; building takes about 0.4 s."""

    def __init__(
        self,
        localities: Iterable[Locality],
        regions: Mapping[str, str],
        divisions: Divisions | None = None,
    ) -> None:
        in_order = sorted(localities, key=lambda each: each.geonames_id)
        self._extent = Extent.of([each.position for each in in_order])
        self._index = PlaceIndex(in_order, regions, divisions or Divisions())

    def find(self, typed: str) -> Found:
        """The place that somebody typed: a name with or without its region, an INEI code or `lat,lon`.

        Raises:
            PlaceUnknown: with the facts `typed` and `suggestions` (labels).
            PositionSwapped: coordinates that are of this country when exchanged, and far from it as they stand.
            PositionOutsideEarth: coordinates that no place has.
        """
        given = parse_position(typed)
        if given is not None:
            if self._extent and self._extent.only_holds_swapped(given):
                raise PositionSwapped(typed=typed, suggestions=[f"{given.longitude:g}, {given.latitude:g}"])
            return Found(
                Place(f"{given.latitude:g}, {given.longitude:g}", None, given, "given", "position"), ()
            )
        if len(typed) > LONGEST:
            raise PlaceUnknown(typed=typed[:LONGEST], suggestions=[])
        labelled = self._index.by_label.get(fold(typed))
        if labelled is not None:
            return _found([labelled], exact=True)
        text = read(typed)
        if text.code is not None:
            return self._coded(text.code)
        for exact, look in (
            (True, self._named),
            (True, self._in_province),
            (True, self._beside),
            (False, self._at_street),
            (False, self._sounding),
            (False, self._ending),
        ):
            for reading in text.readings:
                hits = look(reading, text.asked)
                if hits:
                    return _found(hits, exact=exact)
        return self._alike(typed, text.readings)

    def suggest(self, prefix: str, limit: int = 8) -> list[Place]:
        """Places while somebody types: names that begin so, those with a word that begins so, those said so."""
        formed, said = key(prefix[:LONGEST]), sound(prefix[:LONGEST])
        if not formed:
            return []
        places = _likeliest(self._index.spelt_starts.of(formed), limit)
        if len(places) < limit and len(said) >= SHORTEST_SAID:
            alike = _likeliest(self._index.said_starts.of(said), 2 * limit)
            places += [place for place in alike if place not in places]
        if not places:
            similar = self._similar([Reading(prefix)])
            places = [alike.entry.place for alike in similar if alike.enough]
        return places[:limit]

    def _coded(self, code: str) -> Found:
        """A region, province or district by its INEI code; its province when the district is not known."""
        known = self._index.by_code
        entry = known.get(code)
        if entry is not None:
            town = entry.kind == "town"
            place = replace(entry.place, precision="district", kind="district") if town else entry.place
            return Found(place, (), exact=len(code) == DISTRICT_DIGITS)
        if len(code) == DISTRICT_DIGITS and code[:4] in known:
            return Found(known[code[:4]].place, (), exact=False)
        raise PlaceUnknown(typed=code, suggestions=[])

    def _named(self, reading: Reading, asked: str | None) -> list[Entry]:
        return _chosen(self._index.spelt, self._index.regions_spelt, reading, asked)

    def _sounding(self, reading: Reading, asked: str | None) -> list[Entry]:
        return _chosen(self._index.said, self._index.regions_said, reading, asked)

    def _ending(self, reading: Reading, asked: str | None) -> list[Entry]:
        """`Lloc`, the last words of San Pedro de Lloc; but not `Puerto`, with which other names begin."""
        if any(whole for _, whole in self._index.spelt_starts.of(key(reading.name))):
            return []
        return _chosen(self._index.ends, self._index.regions_spelt, reading, asked)

    def _in_province(self, reading: Reading, asked: str | None) -> list[Entry]:
        """`San Juan, Lucanas`: the second name is no region but a province."""
        if reading.region is None:
            return []
        province = key(reading.region)
        inside = {
            entry: primary
            for entry, primary in self._index.spelt.get(reading.name).items()
            if entry.kind != "province" and key(entry.place.province or "") == province
        }
        return _ranked(inside, within=True, asked=asked)

    def _beside(self, reading: Reading, asked: str | None) -> list[Entry]:
        """`Caraz, Huaylas`: the second name is no region but another place, often the province's capital."""
        if reading.region is None:
            return []
        marks = [mark for mark in self._index.spelt.get(reading.region) if mark.kind != "region"]
        measured = []
        for entry in self._index.spelt.get(reading.name):
            near = [mark.place.position for mark in marks if mark.region_code == entry.region_code]
            if near and entry.kind != "region":
                measured.append((min(haversine_km(entry.place.position, near)), entry.number, entry))
        return [entry for _, _, entry in sorted(measured, key=lambda each: each[:2])]

    def _at_street(self, reading: Reading, asked: str | None) -> list[Entry]:
        """`Av. El Sol 123, Cusco`: no street is known here, but its town is."""
        if reading.region is None or not is_street(reading.name):
            return []
        return _chosen(self._index.spelt, {}, Reading(reading.region), asked)

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
                found = [self._named(each, asked=None)[:1] for each in named]
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
            small = entry.weight < TOWN and entry.kind == "town" and region is None
            yield _Alike(
                entry=entry,
                score=likeness + PULL * math.log10(1 + entry.weight),
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


def _chosen(names: Names, regions: Mapping[str, str], reading: Reading, asked: str | None) -> list[Entry]:
    """The entries of a name, within the region if one is read, the likeliest first."""
    hits = names.get(reading.name)
    if reading.region is not None:
        code = regions.get(names.form(reading.region))
        hits = {entry: primary for entry, primary in hits.items() if entry.region_code == code}
    return _ranked(hits, within=reading.region is not None, asked=asked)


def _ranked(hits: Mapping[Entry, bool], *, within: bool, asked: str | None) -> list[Entry]:
    return sorted(
        hits,
        key=lambda entry: (
            _kind_rank(entry, hits[entry], within, asked),
            -entry.weight,
            entry.place.precision == "province",  # one whose own place is known is the better answer
            entry.number,
        ),
    )


def _kind_rank(entry: Entry, primary: bool, within: bool, asked: str | None) -> int:
    """What is meant first: what was asked for by its kind, the town that its region is named after, the region,
    a primary name, another name, a province."""
    if primary and asked is not None and (entry.kind == asked or (asked == "district" and entry.district)):
        return -1
    if entry.kind == "region":
        return 3 if within else 1
    if entry.kind == "province":
        return 5
    if entry.namesake and not within:
        return 0
    return 2 if primary else 4


def _likeliest(begun: Iterable[tuple[Entry, bool]], limit: int) -> list[Place]:
    """The places of the entries, those first whose whole name begins as it was typed (flag true)."""
    wholly: dict[Entry, bool] = {}
    for entry, whole in begun:
        wholly[entry] = whole or wholly.get(entry, False)
    # A region that shares its name with a town is left to the town's alternatives.
    shown = (entry for entry in wholly if entry.kind != "region" or entry.place.label == entry.name)
    likeliest = nsmallest(
        limit,
        shown,
        key=lambda each: (
            not wholly[each],
            -each.weight,
            each.place.precision == "province",
            each.number,
        ),
    )
    return [entry.place for entry in likeliest]


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
