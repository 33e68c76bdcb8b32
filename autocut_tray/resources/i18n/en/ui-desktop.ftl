## The desktop: starting with the system, the tray's look, editing what a model wrote.

setting-ui-autostart = Start with the computer
setting-ui-autostart-help = Hidden in the tray, when you log on.
setting-ui-minimize-to-tray = Minimise to the tray
setting-ui-minimize-to-tray-help = The window leaves the task bar, too.
setting-ui-tray-style = Tray icon
setting-ui-tray-style-help = The dot shows only whether all is well; the full icon also where work runs and how full memory is.
setting-ui-tray-style-full = Full
setting-ui-tray-style-dot = Dot

ui-job-action-never-cloud = Never send to the cloud
ui-events-save = Export this list (CSV)…
ui-settings-search = Search settings
ui-settings-none-found = No setting has all of these words.
ui-plots = Plots of VRAM, RAM, CPU and failure rate. Arrow keys move them, plus and minus zoom.
