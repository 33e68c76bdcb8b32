; The Windows installer: for one person, without administrator's rights, over a running program, silent if wanted.
; Made by `python3 dev.py installer`, which gives VERSION, VERSION4, DIST (the frozen program), OUT, ICON and WORK
; (a folder with the generated video_types.nsh). With AMD64 it is a 64-bit program, which Wine runs without its 32-bit part.
;
; setup.exe [/S] [/AUTOSTART=0|1] [/EXPLORER=0|1] [/RUN] [/D=folder]       uninstall.exe [/S] [/PURGE]
; Exit codes: 0 done, 1 cancelled, 3 the program is running and does not end, 4 another setup is running,
; 5 not a 64-bit Windows 10 or newer, 6 files cannot be replaced.

!ifdef AMD64
  Target amd64-unicode
!else
  Unicode true
!endif
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!define TITLE   "AutoCut Director"
!define APP     "AutoCutDirector"
!define WINDOW  "autocut-director.exe"
!define CONSOLE "autocut-tray.exe"
!define UNKEY   "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define RUNKEY  "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define APPPATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"

Name "${TITLE}"
OutFile "${OUT}"
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
InstallDir "$LOCALAPPDATA\Programs\${APP}"
InstallDirRegKey HKCU "Software\${APP}" "InstallDir"
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"
!include "x64.nsh"
!include "WinVer.nsh"
!include "WinMessages.nsh"
!include "${WORK}/video_types.nsh"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC   ; the names say it all, given the whole width
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
; The language of Windows decides between them; where it is neither, the first.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

!macro Text NAME ENGLISH CHINESE
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
!macroend
!insertmacro Text PartProgram "The program" "主程序"
!insertmacro Text PartExplorer "“Analyse with AutoCut” for videos in Explorer" "在资源管理器的视频右键菜单中添加“用 AutoCut 分析”"
!insertmacro Text PartAutostart "Start with Windows, hidden in the tray" "开机时启动，只显示托盘图标"
!insertmacro Text PartDesktop "Shortcut on the desktop" "桌面快捷方式"
!insertmacro Text PartData "Settings, results, thumbnails and logs" "设置、分析结果、缩略图和日志"
!insertmacro Text Verb "Analyse with AutoCut" "用 AutoCut 分析"
!insertmacro Text OldWindows "${TITLE} needs 64-bit Windows 10 or newer." "${TITLE} 需要 64 位的 Windows 10 或更新版本。"
!insertmacro Text OtherSetup "Another setup of ${TITLE} is running. Finish it first." "${TITLE} 的另一个安装程序正在运行，请先完成它。"
!insertmacro Text Closing "Asking ${TITLE} to close; its work goes on after the next start." "正在请 ${TITLE} 退出；未完成的任务会在下次启动后继续。"
!insertmacro Text StillRunning "${TITLE} is still running. Quit it from its tray icon, then try again." "${TITLE} 仍在运行。请从托盘图标退出它，然后重试。"
!insertmacro Text InUse "Files of ${TITLE} are in use by another program. Close it, then try again." "${TITLE} 的文件正被其他程序占用。请关闭那个程序，然后重试。"
!insertmacro Text NotOurs "There is no ${TITLE} in this folder." "此文件夹中没有 ${TITLE}。"

VIAddVersionKey /LANG=0 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=0 "FileDescription" "${TITLE} Setup"
VIAddVersionKey /LANG=0 "CompanyName" "${TITLE}"
VIAddVersionKey /LANG=0 "LegalCopyright" "${TITLE}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"

; Ends with EXIT when the program in $INSTDIR runs and will not end. It is asked, never killed: it may be writing.
!macro CLOSE_PROGRAM UN
Function ${UN}CloseProgram
  ${IfNot} ${FileExists} "$INSTDIR\${CONSOLE}"
    Return
  ${EndIf}
  again:
  DetailPrint "$(Closing)"
  nsExec::Exec '"$INSTDIR\${CONSOLE}" quit --wait 30'
  Pop $0
  ${If} $0 == 0
    Return
  ${EndIf}
  IfSilent refuse
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRunning)" IDRETRY again
  refuse:
  SetErrorLevel 3
  Quit
FunctionEnd

; A program that runs, or a library that another process has loaded, cannot be opened for writing or renamed.
; Returns in $R0 whether everything that is to be replaced can be.
Function ${UN}TryFree
  StrCpy $R0 1
  ${If} ${FileExists} "$INSTDIR\${WINDOW}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${WINDOW}" a
    ${If} ${Errors}
      StrCpy $R0 0
    ${Else}
      FileClose $0
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${CONSOLE}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${CONSOLE}" a
    ${If} ${Errors}
      StrCpy $R0 0
    ${Else}
      FileClose $0
    ${EndIf}
  ${EndIf}
  ${If} $R0 == 1
  ${AndIf} ${FileExists} "$INSTDIR\_internal\*.*"
    RMDir /r "$INSTDIR\_internal.old"
    ClearErrors
    Rename "$INSTDIR\_internal" "$INSTDIR\_internal.old"
    ${If} ${Errors}
      StrCpy $R0 0
    ${EndIf}
  ${EndIf}
FunctionEnd

; Moves the old files aside, or ends and leaves everything as it was.
Function ${UN}FreeFiles
  again:
  StrCpy $1 0
  look:
  Call ${UN}TryFree
  StrCmp $R0 1 free
  IntOp $1 $1 + 1
  IntCmp $1 20 busy 0 busy   ; five seconds: scanners hold files for a moment
  Sleep 250
  Goto look
  busy:
  IfSilent refuse
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(InUse)" IDRETRY again
  refuse:
  SetErrorLevel 6
  Quit
  free:
FunctionEnd
!macroend
!insertmacro CLOSE_PROGRAM ""
!insertmacro CLOSE_PROGRAM "un."

!macro AddVerb KEY
  WriteRegStr HKCU "${KEY}" "" "$(Verb)"
  WriteRegStr HKCU "${KEY}" "Icon" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${KEY}" "MultiSelectModel" "Player"
  WriteRegStr HKCU "${KEY}\command" "" '"$INSTDIR\${WINDOW}" --open "%1"'
!macroend

!macro TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

; The value of /NAME=value on the command line in $R1; empty where it is not there.
!macro Option NAME
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/${NAME}=" $R1
  ${If} ${Errors}
    StrCpy $R1 ""
  ${EndIf}
!macroend

!macro Choose SECTION NAME
  !insertmacro Option "${NAME}"
  ${If} $R1 == "1"
    !insertmacro SelectSection ${SECTION}
  ${ElseIf} $R1 == "0"
    !insertmacro UnselectSection ${SECTION}
  ${EndIf}
!macroend

Section "-check"
  SetShellVarContext current
  Call CloseProgram
  Call FreeFiles
SectionEnd

Section "!$(PartProgram)" SecProgram
  SectionIn RO
  SetOutPath "$INSTDIR"
  SetOverwrite on
  ClearErrors
  File /r "${DIST}\*"
  ${If} ${Errors}
    ; The old program stays usable: its libraries go back to their place.
    RMDir /r "$INSTDIR\_internal"
    Rename "$INSTDIR\_internal.old" "$INSTDIR\_internal"
    SetErrorLevel 6
    Abort
  ${EndIf}
  RMDir /r "$INSTDIR\_internal.old"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "Software\${APP}" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${APPPATHS}\${WINDOW}" "" "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "${APPPATHS}\${CONSOLE}" "" "$INSTDIR\${CONSOLE}"
  WriteRegStr HKCU "${UNKEY}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNKEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNKEY}" "DisplayIcon" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${UNKEY}" "Publisher" "${TITLE}"
  WriteRegStr HKCU "${UNKEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNKEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNKEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNKEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNKEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNKEY}" "EstimatedSize" $0
SectionEnd

Section "$(PartExplorer)" SecExplorer
  !insertmacro AddVideoTypes
SectionEnd

; Off unless wanted; Task Manager's own switch for it (StartupApproved) is left as it is. The entry is the program's own
; (core/autostart.py), and its setting is told, so that the switch in the window says the same.
!macro TellAutostart VALUE
  nsExec::Exec '"$INSTDIR\${CONSOLE}" settings ui.autostart ${VALUE}'
  Pop $0
!macroend
Section /o "$(PartAutostart)" SecAutostart
  WriteRegStr HKCU "${RUNKEY}" "${APP}" '"$INSTDIR\${WINDOW}" --hidden'
  !insertmacro TellAutostart true
SectionEnd

Section /o "$(PartDesktop)" SecDesktop
  CreateShortcut "$DESKTOP\${TITLE}.lnk" "$INSTDIR\${WINDOW}"
SectionEnd

Section "-finish"
  ; What was there before and is not wanted any more goes.
  ${IfNot} ${SectionIsSelected} ${SecExplorer}
    !insertmacro RemoveVideoTypes
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${SecAutostart}
    ReadRegStr $1 HKCU "${RUNKEY}" "${APP}"
    ${If} $1 != ""
      DeleteRegValue HKCU "${RUNKEY}" "${APP}"
      !insertmacro TellAutostart false
    ${EndIf}
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${SecDesktop}
    Delete "$DESKTOP\${TITLE}.lnk"
  ${EndIf}
  !insertmacro TellExplorer
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/RUN" $R1   ; an update from within the program starts it again
  ${IfNot} ${Errors}
    Exec '"$INSTDIR\${WINDOW}" --hidden'
  ${EndIf}
SectionEnd

Section "un.!$(PartProgram)" UnProgram
  SectionIn RO
  SetShellVarContext current
  ${IfNot} ${FileExists} "$INSTDIR\${WINDOW}"
    SetErrorLevel 6
    Abort "$(NotOurs)"
  ${EndIf}
  Call un.CloseProgram
  Call un.FreeFiles
  ; Only what is ours; a folder with files of the person's stays.
  RMDir /r "$INSTDIR\_internal.old"
  Delete "$INSTDIR\${WINDOW}"
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  Delete "$DESKTOP\${TITLE}.lnk"
  !insertmacro RemoveVideoTypes
  DeleteRegValue HKCU "${RUNKEY}" "${APP}"
  DeleteRegValue HKCU "${APPROVED}" "${APP}"
  DeleteRegKey HKCU "${APPPATHS}\${WINDOW}"
  DeleteRegKey HKCU "${APPPATHS}\${CONSOLE}"
  DeleteRegKey HKCU "${UNKEY}"
  DeleteRegKey HKCU "Software\${APP}"
  !insertmacro TellExplorer
SectionEnd

Section /o "un.$(PartData)" UnData
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\${APP}"
SectionEnd

; Sections have their numbers only below their definitions.
Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_ICONSTOP "$(OldWindows)" /SD IDOK
    SetErrorLevel 5
    Abort
  ${EndIf}
  System::Call 'kernel32::CreateMutexW(p 0, i 1, w "Local\${APP}-setup") p .r1 ?e'
  Pop $0
  ${If} $0 = 183
    MessageBox MB_ICONSTOP "$(OtherSetup)" /SD IDOK
    SetErrorLevel 4
    Abort
  ${EndIf}
  ; An update keeps what the person chose the last time.
  ReadRegStr $0 HKCU "${UNKEY}" "DisplayVersion"
  ${If} $0 != ""
    ReadRegStr $0 HKCU "${RUNKEY}" "${APP}"
    ${If} $0 != ""
      !insertmacro SelectSection ${SecAutostart}
    ${EndIf}
    ReadRegStr $0 HKCU "Software\Classes\SystemFileAssociations\.mp4\shell\AutoCutAnalyse\command" ""
    ${If} $0 == ""
      !insertmacro UnselectSection ${SecExplorer}
    ${EndIf}
    ${If} ${FileExists} "$DESKTOP\${TITLE}.lnk"
      !insertmacro SelectSection ${SecDesktop}
    ${EndIf}
  ${EndIf}
  !insertmacro Choose ${SecAutostart} "AUTOSTART"
  !insertmacro Choose ${SecExplorer} "EXPLORER"
FunctionEnd

Function un.onInit
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/PURGE" $R1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${UnData}
  ${EndIf}
FunctionEnd
