"""One entry for each town, district, province and region, with the label by which it is told apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from consular.foundation.geography import Position, haversine_km
from consular.offices.place_names import display, fold, key
from consular.offices.places import District, Divisions, Locality, Place, Province

# A homonym within one region is told apart by its province, else by the nearest town of so many people.
TOWN = 5_000
# What is as likely to be meant as a town of so many people: how many a division has, no source says.
WEIGHT_OF_A_REGION = 1_000_000
WEIGHT_OF_A_DISTRICT, WEIGHT_IN_THE_FIRST_PROVINCE = 5_000, 30_000


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A place with what is needed to choose between homonyms. Compared by identity.

    `weight` is its people, where they are known. `namesake`: a town with the name of its own region, or that
    region. `district` is the INEI code of the district that the town is the capital of, or that it is.
    """

    place: Place
    name: str
    region_code: str
    weight: int
    number: int
    namesake: bool = False
    district: str | None = None
    other_names: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.place.kind


def town_entries(localities: Sequence[Locality], divisions: Divisions) -> list[Entry]:
    """An entry for every locality."""
    provinces = {province.code: province.name for province in divisions.provinces}
    by_code = {district.code: district for district in divisions.districts}
    labels = _labels(localities, provinces)
    entries = []
    for locality in localities:
        code = locality.district_inei
        district = by_code.get(code or "")
        entries.append(
            Entry(
                place=Place(
                    labels[locality.geonames_id],
                    locality.region,
                    locality.position,
                    "locality",
                    province=provinces.get((code or "")[:4]),
                ),
                name=display(locality.name),
                region_code=locality.region_code,
                weight=locality.population,
                number=locality.geonames_id,
                namesake=locality.population > 0 and key(locality.name) == key(locality.region),
                district=code,
                other_names=locality.other_names + (district.other_names if district else ()),
            )
        )
    return entries


def region_entries(towns: Sequence[Entry], regions: Mapping[str, str]) -> Iterator[Entry]:
    """An entry for every region that has a town, at its capital: INEI numbers that district 0101."""
    for code, name in regions.items():
        inside = [town for town in towns if town.region_code == code]
        if inside:
            capital = max(inside, key=lambda each: (each.district == code + "0101", each.weight))
            namesake = any(town.namesake and key(town.name) == key(name) for town in inside)
            label = f"Región {name}" if namesake else name
            place = Place(label, name, capital.place.position, "region", "region")
            yield Entry(place, name, code, WEIGHT_OF_A_REGION, int(code), namesake=True)


def province_entries(
    provinces: Sequence[Province], towns: Mapping[str, Entry], regions: Mapping[str, str]
) -> Iterator[Entry]:
    """An entry for every province, at its capital: INEI numbers that district 01. `towns` by district code."""
    for province in provinces:
        code = province.code[:2]
        capital = towns.get(province.code + "01")
        position = capital.place.position if capital else province.position
        label = f"Provincia de {province.name}, {regions[code]}"
        place = Place(label, regions[code], position, "province", "province", province.name)
        yield Entry(place, province.name, code, WEIGHT_OF_A_DISTRICT, int(province.code))


def district_entries(
    divisions: Divisions, provinces: Mapping[str, Entry], towns: Sequence[Entry]
) -> Iterator[Entry]:
    """An entry for every given district, which none of the towns is the capital of. `provinces` by code."""
    homonyms: dict[tuple[str, str], int] = defaultdict(int)
    for district in divisions.districts:
        homonyms[district.code[:2], fold(district.name)] += 1
    for town in towns:
        homonyms[town.region_code, fold(town.name)] += 1
    used = {fold(town.place.label) for town in towns}
    for district in divisions.districts:
        province = provinces[district.code[:4]]
        region = province.place.region
        label = f"{district.name}, {region}"
        if homonyms[district.code[:2], fold(district.name)] > 1 or fold(label) in used:
            label = f"{district.name} ({province.name}), {region}"
        if fold(label) in used:  # a town of that name in that province, and not its capital
            label = f"Distrito de {district.name} ({province.name}), {region}"
        used.add(fold(label))
        yield Entry(
            place=_district_place(label, district, province),
            name=district.name,
            region_code=district.code[:2],
            weight=_district_weight(district),
            number=int(district.code),
            district=district.code,
            other_names=district.other_names,
        )


def _district_weight(district: District) -> int:
    if district.position is None:
        return 0
    in_first_province = district.code.endswith("01", 2, 4)
    return WEIGHT_IN_THE_FIRST_PROVINCE if in_first_province else WEIGHT_OF_A_DISTRICT


def _district_place(label: str, district: District, province: Entry) -> Place:
    if district.position is None:
        return replace(province.place, label=label, kind="district")
    return replace(
        province.place, label=label, kind="district", position=district.position, precision="district"
    )


def _labels(localities: Sequence[Locality], provinces: Mapping[str, str]) -> dict[int, str]:
    """A unique label for every locality: `Caraz, Áncash`; `Aco (Corongo), Áncash` where there are several."""
    homonyms: dict[tuple[str, str], list[Locality]] = defaultdict(list)
    for locality in localities:
        homonyms[fold(display(locality.name)), locality.region_code].append(locality)
    towns = [each for each in localities if each.population >= TOWN]
    positions = [town.position for town in towns]
    labels: dict[int, str] = {}
    for group in homonyms.values():
        taken: set[str] = set()
        # Those whose province is known take its name before a neighbour takes it for a nearby town's.
        for locality in sorted(group, key=lambda each: each.district_inei is None):
            near = _told_apart(locality, provinces, towns, positions, taken) if len(group) > 1 else None
            place = display(locality.name) + (f" ({near})" if near else "")
            labels[locality.geonames_id] = f"{place}, {locality.region}"
    return labels


def _told_apart(
    locality: Locality,
    provinces: Mapping[str, str],
    towns: Sequence[Locality],
    positions: Sequence[Position],
    taken: set[str],
) -> str | None:
    province = provinces.get((locality.district_inei or "")[:4])
    if province is not None and province not in taken:
        taken.add(province)
        return province
    distances = haversine_km(locality.position, positions)
    for _, town in sorted(zip(distances, towns, strict=True), key=lambda pair: pair[0]):
        name = display(town.name)
        if town.name != locality.name and name not in taken:
            taken.add(name)
            return name
    return None
