"""Test equipment for the desktop: an X server with a panel, real drags, a fake NVIDIA driver library."""
