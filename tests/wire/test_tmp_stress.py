import pytest
from tests.wire import test_answers_under_fire
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_fire_seed(wire, monkeypatch, seed):
    monkeypatch.setattr(test_answers_under_fire, "SEED", seed)
    test_answers_under_fire.test_each_answer_goes_once_or_says_that_it_did_not(wire)
