"""Which rule fits a case, and why: pure, without a database."""

from time import process_time

import pytest

from inbox.languages import LANGUAGES, WORDS, language_in, language_of
from inbox.models import RoutingRule
from inbox.routing import Case, checks_of, first_fitting, trace_of, words_in

PAGE = "00000000-0000-7000-8000-000000000001"


def case(**over):
    fields = {
        "platform": "WHATSAPP",
        "channel": PAGE,
        "tags": ("VIP", "school"),
        "language": "es",
        "words": "Hola, quiero devolver mis zapatos",
        "in_hours": True,
        "returning": False,
    }
    return Case(**{**fields, **over})


def rule(name="Rule", **conditions):
    return RoutingRule(name=name, conditions=conditions)


def fits(found=None, **conditions):
    return all(check.fits for check in checks_of(conditions, found or case()))


def test_without_conditions_it_fits_everything():
    assert fits()


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"platforms": ["WHATSAPP", "FACEBOOK"]}, True),
        ({"platforms": ["INSTAGRAM"]}, False),
        ({"channels": [PAGE]}, True),
        ({"channels": ["another"]}, False),
        ({"tags": ["vip"]}, True),
        ({"tags": ["Vip", "press"]}, True),
        ({"tags": ["press"]}, False),
        ({"languages": ["es", "pt"]}, True),
        ({"languages": ["en"]}, False),
        ({"words": ["zapatos"]}, True),
        ({"words": ["zapato"]}, False),
        ({"hours": "inside"}, True),
        ({"hours": "outside"}, False),
        ({"returning": False}, True),
        ({"returning": True}, False),
        ({"platforms": ["WHATSAPP"], "languages": ["en"]}, False),
        ({"platforms": [], "words": [], "hours": "", "returning": None}, True),
    ],
)
def test_each_condition(conditions, expected):
    assert fits(**conditions) is expected


def test_a_language_that_cannot_be_told_fits_none():
    assert not fits(case(language=""), languages=["es"])


def test_the_first_that_fits_decides():
    rules = [rule("No", platforms=["FACEBOOK"]), rule("Yes", languages=["es"]), rule("Behind")]

    assert first_fitting(rules, case()).name == "Yes"
    assert first_fitting(rules[:1], case()) is None


def test_the_trace_says_of_each_what_was_wanted_and_found():
    rules = [rule("No", languages=["en"], words=["zapatos", "botas"]), rule("Yes", tags=["vip"])]

    first, second = trace_of(rules, case())

    assert (first.fits, second.fits) == (False, True)
    assert [(check.condition, check.wanted, check.found, check.fits) for check in first.checks] == [
        ("languages", ["en"], "es", False),
        ("words", ["zapatos", "botas"], ["zapatos"], True),
    ]
    assert second.checks[0].found == ["VIP"]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("refund", "I want a REFUND!"),
        ("refund", "(refund)"),
        ("refund", "my refund,please"),
        ("zurück", "Ich schicke es ZURUCK"),
        ("zuruck", "geht das zurück?"),
        ("straße", "in der STRASSE"),
        ("delivery status", "What is the delivery\n  status?"),
        ("order #12", "about Order #12."),
        ("возврат", "Хочу ВОЗВРАТ"),  # noqa: RUF001
        ("еще", "и ещё раз"),
        ("شكرا", "شُكْرًا جزيلا"),
        ("שלום", "שָׁלוֹם לך"),
        ("रिफंड", "मुझे रिफंड चाहिए"),
        ("退款", "我要退款谢谢"),
        ("返品", "靴を返品したいです"),
        ("반품", "반품하고 싶어요"),
        ("คืนเงิน", "ฉันต้องการคืนเงินค่ะ"),
        ("👍", "super👍"),
        ("c++", "I write c++ here"),
    ],
)
def test_words_are_found(word, text):
    assert words_in(text, [word]) == [word]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("fund", "refund"),
        ("refund", "refunds"),
        ("refund", "re-fund"),
        ("der", "wieder"),
        ("कर", "करें"),
        ("ไมล์", "ไม่"),
        ("か", "が"),
        ("1", "12"),
        ("", "anything"),
        ("  ", "any  thing"),
    ],
)
def test_parts_of_words_are_not(word, text):
    assert words_in(text, [word]) == []


def test_a_long_text_that_nearly_fits_everywhere_costs_no_time():
    wanted, began = ["a" * number for number in range(51, 101)], process_time()

    assert words_in("a" * 65_536, wanted) == []
    assert words_in(f"{'a' * 65_536} {'a' * 77}", wanted) == ["a" * 77]
    assert process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order? I have not got it", "en"),
        ("Hola, ¿cuándo llega mi pedido? Gracias", "es"),
        ("Bonjour, où est ma commande ?", "fr"),
        ("Wann kommt meine Bestellung bitte", "de"),
        ("Olá, quando chega o meu pedido?", "pt"),
        ("Ciao, quando arriva il mio ordine?", "it"),
        ("Waar is mijn bestelling", "nl"),
        ("Merhaba, siparişim ne zaman gelir?", "tr"),
        ("Đơn hàng của tôi ở đâu?", "vi"),
        ("أين طلبي؟", "ar"),
        ("سفارش من کجاست؟ چه زمانی", "fa"),
        ("میرا آرڈر کہاں ہے", "ur"),
        ("Где мой заказ", "ru"),
        ("Де моє замовлення? Дякую, її", "uk"),
        ("注文はどこですか", "ja"),
        ("我的订单在哪里", "zh"),
        ("주문 어디에 있나요", "ko"),
        ("איפה ההזמנה שלי", "he"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ("คำสั่งซื้อของฉันอยู่ที่ไหน", "th"),
        ("", ""),
        ("👍👍 123", ""),
        ("ok", ""),
        ("Nike 42", ""),
    ],
)
def test_the_language_is_guessed_or_left_open(text, language):
    assert language_in(text) == language


def test_what_the_platform_says():
    assert [language_of(locale) for locale in ("de_DE", "pt-BR", "en", "")] == ["de", "pt", "en", ""]


def test_every_language_that_is_guessed_can_be_chosen():
    assert set(WORDS) <= set(LANGUAGES)
