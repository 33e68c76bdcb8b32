; Stands in for the frozen program where Wine tries the installer: it runs until `quit` is asked for, and holds its own
; file as every program does. With STUBBORN it does not end.  makensis -DOUT=autocut-tray.exe stand_in.nsi
Target amd64-unicode
Name "stand-in"
OutFile "${OUT}"
SilentInstall silent
RequestExecutionLevel user
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!define RUNS "$TEMP\autocut-stand-in.runs"
!define WANTED "$TEMP\autocut-stand-in.quit"
Section
  ${GetParameters} $0
  StrCpy $1 $0 8
  ${If} $1 == "settings"
    FileOpen $2 "$TEMP\autocut-stand-in.settings" w
    FileWrite $2 $0
    FileClose $2
    Quit
  ${EndIf}
  StrCpy $1 $0 4
  ${If} $1 == "quit"
    FileOpen $2 "${WANTED}" w
    FileClose $2
    StrCpy $3 0
    ${While} ${FileExists} "${RUNS}"
      Sleep 100
      IntOp $3 $3 + 1
      !ifdef STUBBORN
        ${If} $3 > 5
      !else
        ${If} $3 > 300
      !endif
          SetErrorLevel 1
          Quit
        ${EndIf}
    ${EndWhile}
    Delete "${WANTED}"
    SetErrorLevel 0
    Quit
  ${EndIf}
  Delete "${WANTED}"
  FileOpen $2 "${RUNS}" w
  FileClose $2
  StrCpy $3 0
  ${Do}
    Sleep 100
    IntOp $3 $3 + 1
    ${If} $3 > 3000
      ${ExitDo}
    ${EndIf}
    !ifndef STUBBORN
      ${If} ${FileExists} "${WANTED}"
        ${ExitDo}
      ${EndIf}
    !endif
  ${Loop}
  Delete "${RUNS}"
SectionEnd
