"""Learning what reads like advertising: from decisions, and back again."""

from appeal.rules.spam import LEAST, Learned, features

SPAM = "WINNER!! You have won a prize of £900, call 09061701461 NOW to CLAIM"
HAM = "I saw him at the bus station near the old bridge"


def taught(times: int = LEAST) -> Learned:
    learned = Learned()
    for number in range(times):
        learned.learn(features(f"{SPAM} code {number}"), is_spam=True)
        learned.learn(features(f"{HAM} with {number} bags"), is_spam=False)
    return learned


def test_signs_stand_beside_words() -> None:
    found = features(SPAM)
    assert {"winner", "sign:money", "sign:long number", "sign:capitals", "sign:exclamations", "#11"} <= found
    assert not any(one.startswith("sign:") for one in features(HAM))


def test_what_was_taught_is_told_apart() -> None:
    learned = taught()
    assert learned.probability(features("Claim your prize of £50, call now")) > 0.9
    assert learned.probability(features("he was near the bridge")) < 0.1


def test_nothing_is_said_before_enough_was_learned() -> None:
    assert taught(LEAST - 1).probability(features(SPAM)) == 0.0


def test_what_was_forgotten_leaves_no_trace() -> None:
    learned, before = taught(), taught()
    learned.learn(features("ponies for sale"), is_spam=True)
    learned.forget(features("ponies for sale"), is_spam=True)
    assert learned == before
