## The self-test (`--selftest DIR`).

selftest-usage = The self-test does not know { $argument }, or something is missing there. It takes --selftest FOLDER and --lang LANGUAGE.
selftest-passed = ok    { $name }: { $detail }
selftest-failed = FAIL  { $name }: { $detail }
selftest-whole = { $n ->
    [one] The one part works. Results and pictures are in { $folder }.
   *[other] All { $n } parts work. Results and pictures are in { $folder }.
}
selftest-broken = { $failed } of { $n } parts do not work. selftest.json in { $folder } says why.

selftest-step-texts = Texts
selftest-step-resources = Files of the program
selftest-step-window-en = Window, English
selftest-step-window-zh-cn = Window, Chinese
selftest-step-plots = Start and plots
selftest-step-clip = Test clip
selftest-step-worker = Scene detection
selftest-step-exports = Exports
selftest-step-contact-sheet = Contact sheet
selftest-step-report = Report
selftest-step-api = API

selftest-texts = { $n } texts in both languages.
selftest-texts-wrong = { $n } texts are missing or broken: { $names }.
selftest-resources = { $n } files are there.
selftest-resources-missing = { $n } files are missing or empty: { $names }.
selftest-window = { $n } pages drawn.
selftest-page-empty = The page { $page } is empty.
selftest-picture-unsaved = The picture of the page { $page } could not be saved.
selftest-plots = Plots drawn { $seconds } s after the start.
selftest-plots-wrong = The program ended after { $stages } of { $n } stages of its start.
selftest-clip = A clip of { $kib } KiB was made.
selftest-worker = { $n } shots found, each at its frame.
selftest-worker-wrong = The shots found are { $found }; in the clip they are { $meant }.
selftest-exports = { $n } formats written and read back.
selftest-exports-wrong = { $n } formats were not written correctly: { $reasons }.
selftest-sheet = { $n } shots drawn as PNG and as PDF.
selftest-sheet-wrong = The contact sheet is not whole: { $reason }.
selftest-report = A PDF of { $kib } KiB was drawn.
selftest-report-wrong = The report is not a PDF.
selftest-api = It answered to its token, refused without, and ended when asked.
selftest-api-silent = The API did not start.
selftest-api-wrong = With and without its token the API answered { $found } instead of [200, 401].
selftest-api-end = The program that served the API ended with { $status }.

selftest-died = It ended with { $status }: { $said }
selftest-too-slow = It took more than { $seconds } s and was ended.
selftest-not-started = Its process did not start: { $reason }.
selftest-unforeseen = Something unforeseen happened: { $reason }
selftest-offscreen = { $detail } There is no display, so it was drawn offscreen.
