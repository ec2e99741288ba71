from tests.corpus.cases import MADE
import pytest
@pytest.mark.parametrize("name", list(MADE))
def test_it(desk, name):
    ref = MADE[name](desk)
    print(desk.types(ref))
    print(desk.record_json(ref)["label"])
