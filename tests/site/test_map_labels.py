"""Names and numbers on the still map: none lies on another."""

from hypothesis import given
from hypothesis import strategies as st

from consular.site.map_labels import Mark, named_marks, numbered_marks

LIMA, CALLAO, CUSCO, TACNA = (300.0, 900.0), (285.0, 895.0), (720.0, 1040.0), (960.0, 1380.0)


def names(marks: list[Mark]) -> dict[str, str]:
    return {mark.label: mark.side for mark in marks}


def test_a_name_stands_at_the_right_or_where_there_is_room() -> None:
    marks = named_marks([(CUSCO, "Cusco", "open"), (TACNA, "Tacna", "open")], None)
    assert names(marks) == {"Cusco": "right", "Tacna": "left"}


def test_minor_offices_are_points_only() -> None:
    marks = named_marks([(CALLAO, "MAC Callao", "minor"), (LIMA, "Lima", "open")], None)
    assert names(marks) == {"MAC Callao": "", "Lima": "right"}


def test_the_place_that_was_typed_is_named_first() -> None:
    marks = named_marks([(CUSCO, "Cusco", "open")], ((CUSCO[0], CUSCO[1] + 10), "Wanchaq", "origin"))
    assert marks[0].kind == "origin"
    assert marks[0].side == "right"


def test_offices_of_one_city_share_a_badge() -> None:
    offices = [(LIMA, "Lima", "open"), (CUSCO, "Cusco", "open"), (CALLAO, "Callao", "open")]
    badges = {mark.label: mark for mark in numbered_marks(offices, [], None) if mark.kind == "number"}
    assert set(badges) == {"1, 3", "2"}
    assert badges["1, 3"].width > badges["2"].width


def test_many_offices_of_one_city_are_counted() -> None:
    marks = numbered_marks([(LIMA, "Lima", "open")] * 7, [], None)
    assert [mark.label for mark in marks] == ["1, 2, 3 +4"]


def box(mark: Mark) -> tuple[float, float, float, float]:
    width = len(mark.label) * 23
    left = mark.x + 26 if mark.side == "right" else mark.x - 26 - width
    return left, mark.y - 20, left + width, mark.y + 20


points = st.tuples(st.floats(0, 1000), st.floats(0, 1444))
offices = st.lists(
    st.tuples(points, st.sampled_from(["Ica", "Puno", "Chachapoyas"]), st.just("open")), max_size=20
)


@given(offices)
def test_no_two_names_overlap_and_none_leaves_the_map(placed: list) -> None:
    marks = named_marks(placed, None)
    assert len(marks) == len(placed)
    boxes = [box(mark) for mark in marks if mark.side]
    for place, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= 1000
        for other in boxes[:place]:
            apart = one[0] >= other[2] - 2 or other[0] >= one[2] - 2
            assert apart or one[1] >= other[3] - 2 or other[1] >= one[3] - 2
