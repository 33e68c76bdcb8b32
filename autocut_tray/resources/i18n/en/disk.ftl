## The reserve of disk space.

waiting-disk-low = Only { $free } MiB are free on the disk. New work begins again at { $needed } MiB: make some room.
