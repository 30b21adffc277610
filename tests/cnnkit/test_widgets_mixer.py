"""The augmentation mixer without a browser: the chain, its checks, labels, predictions."""

import json

import numpy as np
import pytest

from cnnkit import augment
from cnnkit.widgets import augmentation_mixer, static_page
from cnnkit.widgets import mixer_checks as checks
from cnnkit.widgets import mixer_numbers as numbers
from cnnkit.widgets.mixer_numbers import BOOT, DEFAULTS, DIFFERENT, FLOWER, Setting

OFF = Setting(flip=0, angle=0, shift=0, alpha=0)


def shown(own=None, setting=None, **options):
    """A mixer that hides nothing, with sliders at 0 but for those that are named."""
    widget = augmentation_mixer(own, **options)
    for name, value in (setting or {}).items():
        widget.on_event({"set": name, "value": value})
    widget.on_event({"skip": True})
    return widget


def only(**setting):
    """Sliders that switch everything off but these."""
    return {"flip": 0, "angle": 0, "shift": 0, "alpha": 0} | setting


def figures(widget):
    """The figures of the stage by name."""
    rows = widget.view["stage"]["rows"]
    return {figure["name"]: figure for row in rows for figure in row if "name" in figure}


def result(widget):
    """The pictures and labels behind the view."""
    return widget._mixed(widget.state.setting)


def trouble(widget):
    return widget.view["notes"]["trouble"][1]


# --- the chain


@pytest.mark.parametrize(("pictures", "classes"), [(DIFFERENT, 9), (BOOT, 1), (FLOWER, 1)])
def test_a_batch_has_nine_pictures_and_shares(pictures, classes):
    batch = numbers.batch(pictures)
    assert batch.x.shape[0] == 9 and 0 <= batch.x.min() and batch.x.max() <= 1
    assert (batch.y.sum(axis=1) == 1).all() and len(set(batch.y.argmax(axis=1))) == classes
    assert batch.y.shape[1] == len(batch.names)


def test_with_all_sliders_at_0_nothing_changes():
    got = numbers.chain(numbers.batch(DIFFERENT), DEFAULTS, OFF)
    assert np.array_equal(got.x, got.before.x) and np.array_equal(got.y, got.before.y)
    assert got.blend is None and got.troubles == ()


def test_the_chain_is_what_the_functions_give_with_their_own_draws():
    setting = Setting(
        flip=0.4, angle=30, shear=10, zoom=0.2, shift=3, brightness=0.3, contrast=0.2, hole=6,
        alpha=0.7, seed=12,
    )  # fmt: skip
    got = numbers.chain(numbers.batch(DIFFERENT), DEFAULTS, setting)
    rngs = [np.random.default_rng([12, place]) for place in range(7)]
    x = augment.hflip(got.before.x, 0.4, rngs[0])
    draws = rngs[1].uniform(-1, 1, (9, 3)) * (30, 10, 0.2)
    x = np.concatenate(
        [augment.affine(one[None], angle=a, shear=s, scale=1 + z)
         for one, (a, s, z) in zip(x, draws, strict=True)]
    )  # fmt: skip
    x = augment.random_crop(x, (28, 28), 3, rngs[2])
    x = augment.cutout(augment.color_jitter(x, 0.3, 0.2, rngs[3]), 6, rngs[4])
    x, y = augment.mixup(x, got.before.y, 0.7, rngs[6])
    assert np.array_equal(got.x, x) and np.array_equal(got.y, y) and got.troubles == ()
    lam = np.random.default_rng([12, 6]).beta(0.7, 0.7)
    assert got.blend.share == pytest.approx(lam)


def test_a_slider_changes_its_own_step_and_no_other_draws():
    before = numbers.chain(numbers.batch(BOOT), DEFAULTS, Setting(alpha=0, seed=3))
    after = numbers.chain(numbers.batch(BOOT), DEFAULTS, Setting(alpha=0, seed=3, hole=4))
    same = np.isclose(before.x, after.x)
    assert (after.x[~same] == 0).all() and 0 < (~same).sum() <= 9 * 16


# --- labels and predictions


def test_a_label_is_the_blend_of_the_two_kinds():
    widget = shown()
    blend, label = result(widget).blend, figures(widget)["label"]
    shares = {row["name"]: float(row["text"]) for row in label["rows"]}
    partner = blend.partners[0]
    assert shares["T-shirt/top"] == pytest.approx(blend.share, abs=0.006)
    names = [numbers.batch(DIFFERENT).names[k] for k in result(widget).before.y.argmax(1)]
    assert shares[names[partner]] == pytest.approx(1 - blend.share, abs=0.006)
    assert f"{blend.share:.2f} T-shirt/top" in widget.view["live"]
    assert figures(widget)["partner"]["caption"] == f"its partner, {partner + 1}, as it was"


@pytest.mark.parametrize(
    ("answer", "slip"),
    [
        (lambda a, b: (100, 0), "the label stays as it was"),
        (lambda a, b: (b, a), "the two shares are swapped"),
        (lambda a, b: (50, 50), "both count alike"),
        (lambda a, b: (a / 100, b / 100), "per cent are asked"),
        (lambda a, b: (100, 100), "must sum to 100 %"),
        (lambda a, b: (a + 7, b - 7), "by the same λ"),
    ],
)
def test_a_wrong_label_is_told_its_slip(answer, slip):
    widget = augmentation_mixer()
    own = round(100 * result(widget).blend.share)
    assert "label" not in figures(widget) and "hidden until you predict" in widget.view["live"]
    widget.on_event({"predict": list(map(str, answer(own, 100 - own)))})
    assert widget.view["prediction"]["right"] is False
    assert slip in widget.view["prediction"]["verdict"]
    assert "label" in figures(widget)


def test_a_right_label_is_right_and_another_seed_asks_anew():
    widget = augmentation_mixer()
    own = round(100 * result(widget).blend.share)
    widget.on_event({"predict": [str(own), str(100 - own)]})
    assert widget.view["prediction"]["right"]
    widget.on_event({"set": "hole", "value": 5})
    assert widget.view["prediction"]["done"]
    widget.on_event({"press": "again"})
    assert widget.state.setting.seed == 1 and "label" not in figures(widget)
    widget.on_event({"predict": ["x", "1"]})
    assert "Type two numbers" in widget.view["prediction"]["verdict"]
    assert "label" not in figures(widget)


def test_without_mixup_there_is_nothing_to_predict_and_labels_are_seen():
    widget = augmentation_mixer()
    widget.on_event({"set": "alpha", "value": 0})
    assert widget.view["prediction"]["done"] and "label" in figures(widget)
    assert "the net is told T-shirt/top" in widget.view["live"]


def test_keys_and_clicks_choose_a_picture():
    widget = shown(setting=only())
    widget.on_event({"move": "ArrowRight"}, {"move": "ArrowDown"})
    assert "Picture 5 of 9: the net is told Sandal; 0 % of its pixels" in widget.view["live"]
    widget.on_event({"go": "picture 3", "at": [4, 4]})
    assert "Picture 3 of 9: the net is told Pullover" in widget.view["live"]
    widget.on_event({"move": "End"})
    assert figures(widget)["picture 9"]["caption"] == "▶ 9"
    assert [bool(figures(widget)[f"picture {n}"]["boxes"]) for n in (8, 9)] == [False, True]


# --- the student's functions


def wrong_flip(x, p, rng):
    return x[:, :, ::-1].copy()


def wrong_crop(x, size, padding, rng):
    return np.roll(x, 1, axis=3)


def wrong_hole(x, size, rng):
    y = x.copy()
    y[:, :, :, 5:8] = 0
    return y


def grey_hole(x, size, rng):
    y = x.copy()
    y[:, :, 10:12, 10:12] += 0.01
    return y


def wrong_light(x, brightness, contrast, rng):
    return 1 - x


def bright(x, brightness, contrast, rng):
    return x * 3


def radians(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    return augment.affine(x, angle=np.deg2rad(angle), shear=shear, scale=scale)


def keeps_labels(x, y_onehot, alpha, rng):
    return augment.mixup(x, y_onehot, alpha, rng)[0], y_onehot.copy()


def many_shares(x, y_onehot, alpha, rng):
    lam, perm = rng.uniform(0.3, 0.7, (len(x), 1)), np.roll(np.arange(len(x)), 1)
    y = lam * y_onehot + (1 - lam) * y_onehot[perm]
    return lam[..., None, None] * x + (1 - lam[..., None, None]) * x[perm], y


def other_partners(x, y_onehot, alpha, rng):
    there, back = np.roll(np.arange(len(x)), 1), np.roll(np.arange(len(x)), -1)
    return 0.7 * x + 0.3 * x[there], 0.7 * y_onehot + 0.3 * y_onehot[back]


def sums_to_two(x, y_onehot, alpha, rng):
    return x.copy(), y_onehot + y_onehot[::-1]


@pytest.mark.parametrize(
    ("step", "function", "setting", "sentence"),
    [
        ("hflip", wrong_flip, {"flip": 1}, "nor its mirror image; it stands on its head"),
        ("random_crop", wrong_crop, {"shift": 2}, "is no window of itself with 2 zeros around"),
        ("cutout", wrong_hole, {"hole": 6}, "× 3 pixels, not 6 × 6"),
        ("cutout", grey_hole, {"hole": 6}, "have changed and are not 0"),
        ("color_jitter", wrong_light, {"contrast": 0.5}, "a brighter pixel became darker"),
        ("color_jitter", bright, {"contrast": 0.5}, "light must stay in 0..1"),
        ("affine", radians, {"angle": 180}, "Picture 1: radians differs in"),
        ("mixup", keeps_labels, {"alpha": 1}, "leaves their labels as they were"),
        ("mixup", many_shares, {"alpha": 1}, "should draw one for the batch"),
        ("mixup", other_partners, {"alpha": 1}, "its pixels are not blended so"),
        ("mixup", sums_to_two, {"alpha": 1}, "sum to 2, not to 1"),
    ],
)
def test_a_wrong_function_is_told_its_slip_and_its_picture_is_shown(
    step, function, setting, sentence
):
    widget = shown(setting=only(**setting), **{step: function})
    assert sentence in trouble(widget), trouble(widget)
    assert function.__name__ in trouble(widget) and function.__name__ in widget.view["about"]
    changed = result(widget)
    assert not (np.array_equal(changed.x, changed.before.x) and step != "mixup")


@pytest.mark.parametrize("seed", range(8))
def test_right_functions_under_other_names_are_not_blamed(seed):
    mine = {
        name: (lambda f: lambda *arrays, **options: f(*arrays, **options))(function)
        for name, function in DEFAULTS.items()
    }
    setting = {"flip": 0.5, "angle": 40, "shear": 20, "zoom": 0.3, "shift": 5, "brightness": 0.9}
    setting |= {"contrast": 0.8, "hole": 9, "alpha": 0.6, "seed": seed}
    assert trouble(shown(setting=setting, **mine)) == ""


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda x, rng: x[:, :, 1:], "returned shape (9, 1, 27, 28); it should be (9, 1, 28, 28)"),
        (lambda x, rng: None, "returned nothing (None)"),
        (lambda x, rng: x / 0, "not finite"),
        (lambda x, rng: undefined, "raised NameError"),  # noqa: F821
    ],
)
@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero)")
def test_an_own_function_that_fails_is_a_sentence_and_its_step_is_left_out(body, sentence):
    widget = shown(body, setting=only())
    assert sentence in trouble(widget) and "(This step is left out.)" in trouble(widget)
    assert np.array_equal(result(widget).x, result(widget).before.x)


def test_an_own_function_is_shown_with_draws_that_the_seed_decides():
    def salt(x, rng):
        y = x.copy()
        y[rng.random(x.shape) < 0.1] = 1
        return y

    widget = shown(salt, setting=only(seed=5))
    expected = result(widget).before.x.copy()
    expected[np.random.default_rng([5, 5]).random(expected.shape) < 0.1] = 1
    assert np.array_equal(result(widget).x, expected) and trouble(widget) == ""
    assert "salt" in widget.view["about"]


def test_who_writes_into_the_batch_is_told():
    def spoils(x, rng):
        x[:] = 0
        return x

    assert "changed one of its inputs" in trouble(shown(spoils, setting=only()))


def test_unknown_steps_and_pictures_are_refused():
    with pytest.raises(ValueError, match="vflip is no step; there are hflip"):
        augmentation_mixer(vflip=wrong_flip)
    with pytest.raises(ValueError, match=r"has shape \(2, 8, 8\)"):
        augmentation_mixer(picture=np.zeros((2, 8, 8)))
    for shape, width in [((8, 6), 6), ((3, 300, 200), 64)]:
        widget = augmentation_mixer(picture=np.zeros(shape, np.uint8))
        assert figures(widget)["picture 1"]["width"] == width


def test_strong_changes_ask_whether_the_label_is_still_true():
    widget = shown(setting=only(angle=180, hole=20))
    text = widget.view["notes"]["advice"][1]
    assert "stand clothes on their head" in text and "so much is lost" in text
    assert shown().view["notes"]["advice"][1] == ""


def test_a_blend_cannot_be_read_where_all_labels_are_the_same():
    x, y = np.random.default_rng(0).random((9, 1, 4, 4)), np.ones((9, 1))
    assert checks.mixup("mine", x, y, x * 0.5, y) == (None, "")


def test_every_view_of_the_static_page_can_be_written():
    found = static_page.frames(augmentation_mixer())
    assert len(found.views) == 24
    for view in found.views:
        json.dumps(view, allow_nan=False)


def test_without_a_kernel_there_are_pictures_and_nothing_is_given_away():
    data, _ = augmentation_mixer()._repr_mimebundle_()
    assert data["text/html"].count("data:image/png;base64,") == 10
    assert "Run the cell" in data["text/html"] and "0.66 T-shirt" not in data["text/html"]
    assert "Predict the label" in data["text/plain"]
