"""Pasted images: the attachments of text cells, which Markdown names `attachment:image.png`."""

import base64
import binascii
import io
import math
import re
import warnings
from typing import Any

MAX_IMAGE_BYTES = 5 * 2**20
MAX_IMAGE_PIXELS = 40_000_000
MAX_IMAGES = 20
_NAME = re.compile(r"[\w][\w .()+,@-]{0,120}")
_MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}


def accepted_attachments(value: object) -> dict[str, dict[str, str]]:
    """Return the images among the attachments of a text cell.

    Args:
        value: The attachments as a submitted file holds them, of any type.

    Returns:
        PNG, JPEG and GIF images of at most `MAX_IMAGE_BYTES` bytes: by name, the base64 text by
        MIME type.
    """
    if not isinstance(value, dict):
        return {}
    return {
        name: images
        for name, bundle in list(value.items())[:MAX_IMAGES]
        if _NAME.fullmatch(name) and (images := _images(bundle))
    }


def image_text(value: object, mime: str) -> str:
    """Return the base64 text of an image on one line, "" for anything else.

    Args:
        value: The text as a notebook holds it: a string or a list of lines.
        mime: The MIME type, one of PNG, JPEG and GIF.
    """
    lines = value if isinstance(value, list) else [value]
    text = "".join("".join(line.split()) for line in lines if isinstance(line, str))
    if len(text) > MAX_IMAGE_BYTES * 4 // 3 + 4:
        return ""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not content.startswith(_MAGIC[mime]) or _pixels_of(content, mime) > MAX_IMAGE_PIXELS:
        return ""
    return text


def _pixels_of(content: bytes, mime: str) -> float:
    """Return the pixels that an image says to have, without unpacking it; infinity if none."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[mime.rpartition("/")[2]]) as image:
                return image.width * image.height
    except Exception:
        return math.inf


def _images(bundle: object) -> dict[str, str]:
    parts: dict[Any, Any] = bundle if isinstance(bundle, dict) else {}
    images = {mime: image_text(parts.get(mime), mime) for mime in _MAGIC}
    return {mime: text for mime, text in images.items() if text}
