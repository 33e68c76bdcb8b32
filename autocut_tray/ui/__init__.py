"""The desktop: tray icon, window, pages. The only package that knows Qt."""
