"""What a good password is: long enough, not common, not made of one's own name."""

from app.core.i18n import Text, _l

SHORTEST, LONGEST = 10, 128
COMMON = frozenset(
    """password passw0rd password1 password123 qwertyuiop qwerty12345 1234567890 12345678910 123456789a 1q2w3e4r5t
    1qaz2wsx3edc iloveyou123 administrator admin12345 admin123456 welcome123 welcome12345 letmein123 abcd123456
    a123456789 aa12345678 woaini1314 woaini520 woaini1314520 5201314520 1234512345 1111111111 0000000000 8888888888
    6666666666 qazwsxedc1 zxcvbnm123 asdfghjkl1 qwerty1234 changeme123 company123 kehucrm123 customer123""".split()
)


def password_problem(password: str, *, about: tuple[str, ...] = ()) -> Text | None:
    """Why a password is refused, or None. `about`: names and addresses of its owner."""
    if len(password) < SHORTEST:
        return _l("Use at least %(count)s characters; several words make a good password.", count=SHORTEST)
    if len(password) > LONGEST:
        return _l("Use at most %(count)s characters.", count=LONGEST)
    folded = password.casefold()
    if folded in COMMON or len(set(folded)) < 5 or folded.strip("0123456789!.@#") in {"password", "qwerty", "admin", "welcome"}:
        return _l("This password is too easy to guess.")
    if _is_run(folded):
        return _l("This password is too easy to guess.")
    for word in about:
        if len(word) >= 4 and word.casefold() in folded:
            return _l("Your password must not contain your name, your company or your address.")
    return None


def _is_run(text: str) -> bool:
    """abcdefghij, 9876543210: every character follows the one before."""
    steps = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)}
    return steps in ({1}, {-1}, {0})
