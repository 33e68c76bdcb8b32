"""Line and filled glyphs on a grid of 16 units, as SVG path data."""

from __future__ import annotations

# Filled silhouettes, one to a tier.
TIER: dict[str, str] = {
    "GPU": "M9.6 .9 2.9 9.1h4.3L5.9 15.1l7.2-8.6H8.6z",
    "CPU": "M5 .8h1.4V3h3.2V.8H11V3h2v2h2.2v1.4H13v3.2h2.2V11H13v2h-2v2.2H9.6V13H6.4v2.2H5V13H3v-2H.8V9.6H3V6.4"
    "H.8V5H3V3h2zM6 6v4h4V6z",
    "CLOUD": "M4.3 13.2A3.5 3.5 0 0 1 3.6 6.3 4.6 4.6 0 0 1 12.4 6.1 3.6 3.6 0 0 1 12 13.2z",
    "PAUSED": "M3.6 2.2h3v11.6h-3zM9.4 2.2h3v11.6h-3z",
}

# Filled marks of plots and receipts.
MARK: dict[str, str] = {
    "up": "M8 3.4 13 12H3z",
    "down": "M3 4h10L8 12.6z",
    "octagon": "M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4z",
}

# Strokes of 1.5 units with round caps.
LINE: dict[str, str] = {
    "overview": "M2.2 3.2h11.6v7.6H2.2zM5.5 13.6h5M8 10.8v2.8",
    "monitor": "M1.5 8.6h2.8l2-5 3.4 9 2-4h2.8",
    "analyse": "M2 3.2h12v9.6H2zM5 3.2v9.6M11 3.2v9.6M2 6.4h3M2 9.6h3M11 6.4h3M11 9.6h3",
    "events": "M5.5 4h8.3M5.5 8h8.3M5.5 12h8.3M2.4 4h.1M2.4 8h.1M2.4 12h.1",
    "settings": "M2 5h6.2M12 5h2M2 11h2M7.8 11H14M12 5a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 1 1 3.8 0"
    "M7.8 11a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 1 1 3.8 0",
    "lock": "M3.8 7.2h8.4v6H3.8zM5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2",
    "search": "M11.2 7a4.2 4.2 0 1 1-8.4 0 4.2 4.2 0 1 1 8.4 0M10.1 10.1l3.5 3.5",
    "chevron-down": "M4 6.2l4 4 4-4",
    "chevron-right": "M6.2 4l4 4-4 4",
    "x": "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
    "pause": "M5.6 3.8v8.4M10.4 3.8v8.4",
    "play": "M5.2 3.4v9.2l7.2-4.6z",
    "retry": "M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.8 2.2v3h-3",
    "check": "M3.4 8.4l3 3 6.2-6.6",
    "warn": "M8 2.4 14.4 13.4H1.6zM8 6.6v3.2M8 11.6v.1",
    "crit": "M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM8 5v3.6M8 10.9v.1",
    "ring": "M11.2 8a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 1 1 6.4 0",
    "clock": "M13.6 8A5.6 5.6 0 1 1 2.4 8a5.6 5.6 0 1 1 11.2 0M8 4.8V8l2.2 1.6",
    "arrow-down": "M8 2.6v8.2M4.6 7.6 8 11l3.4-3.4",
    "film": "M2 3.6h12v8.8H2zM7 6.2v3.6l3-1.8z",
    "debt": "M8 2.2v7.4M4.8 6.4 8 9.6l3.2-3.2M3 13.4h10",
}
