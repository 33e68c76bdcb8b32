"""From a brief and the scenes of a video to a rough cut."""
