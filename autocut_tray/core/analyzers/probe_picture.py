"""The built-in picture that a model must be able to describe before it is trusted with footage."""

from __future__ import annotations

import base64

# 64 x 64 pixels: a red disc and a green square on a blue ground, JPEG quality 80.
_JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn"
    "KSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo"
    "KCgoKCgoKCj/wAARCABAAEADASIAAhEBAxEB/8QAGgAAAgMBAQAAAAAAAAAAAAAAAAUGBwgEA//EADEQAAECBQIEAgkFAAAAAAAA"
    "AAEAAgMEERNhBRIGByFBMXEXIlFTVaSz0uEygZHR8P/EABsBAAICAwEAAAAAAAAAAAAAAAAGBQcCAwQB/8QAKREAAQQABAUDBQAA"
    "AAAAAAAAAQACAxEEBRMxBhIUQWEyUYEicZGhsf/aAAwDAQACEQMRAD8AU2MIsYTOxhFjCdNVLdJZYwixhM7GEWMI1UUlljCLGEzs"
    "YRYwjVRSWWMIsYTOxhFjCNVFJnYUf1zUzBiulpVzagUe8eIPsH+74UzsqrHOc9xc8lziakk1JKVc4xr4owyM1zd05cIZXDjJ3yzC"
    "wyqHaze/2pDnFzi5xJcTUk916yszFlYgfBcR16js7zC8UJWa9zHczTRVnyQslYY3tBae3ZTTSZhk/Kh42iKOj2jsfyu2wo9wVudq"
    "UZgJ2mCSR2JDh/ZU0sp0y/GOngDn77Km+IMvZgMc+KL07jxfb4/iWWEWEzsosrt1VC0mdnCqTVtPjaZPxZaO0gtPquIpvb2cPP8A"
    "Cu6xhKde4blNZhG8zZMBpbDjN8W9+o7jB9ppSqXsdD1LBW4TNw5nDcrndq+h9X7itj+zaptCmUTl9qYiOEOYk3Mqdpc5wJHao2mn"
    "8rr0nl/GbMh+qR4ToLSDbgknfgkgU7eGfBQwwcxNcqsGTiPLWML9UHwLv8Lk5f6bGMSNPPaWwSy0yo/X1qSPKlP3wprZwu2UkIMp"
    "Lw4EtCEODDFGtHZZpUyyTo42sAtVbm2YHMcU7EEUDsPA2+fdaJs4RZws7K9eWkLdwTpxp7z6jluhxpkdVUo2lObGEWMJnZwizhcu"
    "qs6SyxhFjCZ2cIs4RqopLLGFlFbBs4UR9GPCnwr5iL9y1SnnpBCzYtB8q4W7gPSzT3v1Xph6MeFPhXzEX7lI9J0eU0jT4Ujp0GzK"
    "wq7Gbi6lSSepJPiSsYvoNrwBf//Z"
)


def probe_picture() -> bytes:
    """A JPEG of 64 x 64 pixels."""
    return base64.b64decode(_JPEG)
