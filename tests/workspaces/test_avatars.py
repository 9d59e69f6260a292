"""A person's picture: made small, square and harmless; shown to who is logged in; gone when replaced."""

import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from workspaces import avatars
from workspaces.actions.avatars import remove_avatar, set_avatar
from workspaces.avatars import LARGEST_FILE, NotAPicture, make_square
from workspaces.models import User, UserActivity, UserProfile, Workspace
from workspaces.refusals import Refused
from workspaces.templatetags.people import picture

PROFILE = "/account/"
PICTURE = "/account/picture/"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def image_file(kind: str = "PNG", size: tuple[int, int] = (640, 400), **save: Any) -> BytesIO:
    made = BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(made, kind, **save)
    made.seek(0)
    return made


def upload(kind: str = "PNG", **over: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"me.{kind.lower()}", image_file(kind, **over).getvalue(), f"image/{kind.lower()}")


def name_of(user: User) -> str:
    return str(UserProfile.objects.get(user=user).avatar.name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_becomes_a_square_webp(kind: str) -> None:
    square = Image.open(make_square(image_file(kind)))

    assert (square.format, square.size) == ("WEBP", (256, 256))


def test_what_the_camera_noted_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 30.0)}

    square = Image.open(make_square(image_file("JPEG", exif=exif.tobytes())))

    assert not square.getexif()


def test_a_picture_taken_on_its_side_is_turned() -> None:
    tall = Image.new("RGB", (200, 400), (255, 0, 0))
    tall.paste((0, 0, 255), (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = BytesIO()
    tall.save(made, "JPEG", exif=exif.tobytes())

    square = Image.open(make_square(made)).convert("RGB")

    left, right = square.getpixel((20, 128)), square.getpixel((236, 128))
    assert left[0] > left[2]
    assert right[2] > right[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"GIF89a",
        image_file("PNG").getvalue()[:60],
        image_file("BMP").getvalue(),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        make_square(BytesIO(content))


def test_a_small_file_with_too_many_pixels_is_refused_unopened() -> None:
    made = BytesIO()
    Image.new("1", (8_000, 8_000)).save(made, "PNG")
    assert made.tell() < LARGEST_FILE

    with pytest.raises(NotAPicture, match="pixels"):
        make_square(made)


def test_a_new_picture_replaces_the_file_of_the_old(bo: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(bo, image_file())
    first = name_of(bo)
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(bo, image_file())
    second = name_of(bo)

    assert first != second
    assert not default_storage.exists(first)
    assert default_storage.exists(second)
    assert UserActivity.objects.of(bo).filter(activity_type="profile.picture").count() == 2


def test_a_refused_picture_leaves_the_old_one(bo: User, django_capture_on_commit_callbacks: Any) -> None:
    set_avatar(bo, image_file())
    kept = name_of(bo)

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused):
        set_avatar(bo, BytesIO(b"nothing"))

    assert name_of(bo) == kept
    assert default_storage.exists(kept)


def test_a_removed_picture_is_gone_and_removing_twice_says_nothing(
    bo: User, django_capture_on_commit_callbacks: Any
) -> None:
    set_avatar(bo, image_file())
    name = name_of(bo)

    with django_capture_on_commit_callbacks(execute=True):
        remove_avatar(bo)
        remove_avatar(bo)

    assert name_of(bo) == ""
    assert not default_storage.exists(name)
    assert UserActivity.objects.of(bo).filter(activity_type="profile.picture").count() == 2


def test_uploading_shows_the_picture_on_both_hosts(client_for: Any, bo: User, acme: Workspace) -> None:
    public = client_for(bo)
    assert public.post(PICTURE, {"picture": upload("JPEG")}).status_code == 302
    address = f"/{name_of(bo)}"

    assert address in public.get(PROFILE).content.decode()
    assert address in client_for(bo, acme).get("/team/").content.decode()
    for client in (public, client_for(bo, acme)):
        shown = client.get(address)
        assert shown.status_code == 200
        assert shown["Content-Type"] == "image/webp"
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in shown["Cache-Control"]
        assert "private" in shown["Cache-Control"]
        assert Image.open(BytesIO(b"".join(shown.streaming_content))).size == (256, 256)


def test_removing_from_the_page(client_for: Any, bo: User) -> None:
    set_avatar(bo, image_file())

    assert client_for(bo).post(PICTURE, {"remove": "true"}).status_code == 302

    assert name_of(bo) == ""


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a picture first."),
        (SimpleUploadedFile("me.png", b"not a picture", "image/png"), "not a picture we can read"),
        (SimpleUploadedFile("me.png", b"\x89PNG" + b"0" * LARGEST_FILE, "image/png"), "at most 5 MB"),
    ],
)
def test_a_wrong_file_is_said_at_the_field(
    client_for: Any, bo: User, file: SimpleUploadedFile | None, words: str
) -> None:
    answer = client_for(bo).post(PICTURE, {"picture": file} if file else {})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert name_of(bo) == ""


def test_a_picture_is_for_who_is_logged_in(client_for: Any, bo: User, acme: Workspace) -> None:
    set_avatar(bo, image_file())
    address = f"/{name_of(bo)}"

    assert client_for().get(address).status_code == 302
    assert client_for(None, acme).get(address).status_code == 302


@pytest.mark.parametrize("name", ["secret.txt", "..%2f..%2fmail.webp", "0" * 32 + ".png", "0" * 32 + ".webp"])
def test_nothing_else_of_the_storage_is_served(client_for: Any, bo: User, name: str) -> None:
    assert client_for(bo).get(f"/avatars/{name}").status_code == 404


def test_a_list_without_pictures_asks_for_none(bo: User, django_assert_num_queries: Any) -> None:
    set_avatar(bo, image_file())
    plain, fetched = User.objects.get(pk=bo.pk), User.objects.select_related("profile").get(pk=bo.pk)

    with django_assert_num_queries(0):
        assert picture(plain) == ""
        assert picture(fetched) == f"/{fetched.profile.avatar.name}"


def sideways(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB") -> BytesIO:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = BytesIO()
    Image.new(mode, size).save(made, kind, exif=exif.tobytes())
    return made


def test_a_bomb_that_is_turned_is_refused_unopened() -> None:
    with pytest.raises(NotAPicture, match="16 megapixels"):
        make_square(sideways((7071, 7071), mode="1"))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_the_largest_picture_is_small_before_it_is_turned(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[tuple[int, int]] = []
    transpose = avatars.ImageOps.exif_transpose
    watched = lambda picture: turned.append(picture.size) or transpose(picture)  # noqa: E731
    monkeypatch.setattr(avatars.ImageOps, "exif_transpose", watched)

    square = Image.open(make_square(sideways((3999, 3999), mode=mode)))

    assert turned == [(512, 512)]
    assert square.size == (256, 256)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_are_turned_too(kind: str) -> None:
    tall = Image.new("RGB", (300, 300), (255, 0, 0))
    tall.paste((0, 0, 255), (0, 0, 300, 150))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = BytesIO()
    tall.save(made, kind, exif=exif.tobytes())

    square = Image.open(make_square(made)).convert("RGB")

    assert square.getpixel((20, 128))[0] > square.getpixel((236, 128))[0]


def test_one_picture_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, most = threading.Semaphore(1), []

    def shrink(picture: Image.Image) -> Image.Image:
        most.append(busy.acquire(blocking=False))
        time.sleep(0.02)
        busy.release()
        return Image.new("RGBA", (256, 256))

    monkeypatch.setattr(avatars, "shrink", shrink)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: make_square(image_file()), range(4)))

    assert most == [True] * 4


@pytest.mark.parametrize("error", [struct.error("unpack"), KeyError(1), TypeError(), MemoryError(), EOFError()])
def test_whatever_pillow_trips_over_is_said_as_a_refusal(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(picture: Image.Image) -> Image.Image:
        raise error

    monkeypatch.setattr(avatars, "shrink", trip)
    with pytest.raises(NotAPicture, match="not a picture we can read"):
        make_square(image_file())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("length", range(4, 40, 3))
def test_exif_that_is_cut_short_is_no_error(kind: str, length: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera"
    try:
        made = make_square(image_file(kind, exif=exif.tobytes()[:length]))
    except NotAPicture:
        return
    assert Image.open(made).size == (256, 256)


def test_pictures_are_changed_twenty_times_an_hour(client_for: Any, bo: User) -> None:
    client = client_for(bo)

    statuses = [client.post(PICTURE, {"picture": upload(size=(8, 8))}).status_code for _ in range(21)]

    assert statuses == [302] * 20 + [429]
    assert client.post(PICTURE, {"remove": "true"}).status_code == 302
