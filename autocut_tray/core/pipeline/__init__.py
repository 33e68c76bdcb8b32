"""From a video to described scenes."""
