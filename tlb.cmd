@echo off
rem Builds, tests and shows Tlb.ML on Windows.
setlocal
cd /d "%~dp0"
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
where dotnet >nul 2>nul || (echo The .NET 10 SDK is needed: there is no 'dotnet' on the path.& exit /b 1)
set command=%~1
if "%command%"=="" goto help
if "%command%"=="demo" goto demo
if "%command%"=="test" goto test
if "%command%"=="help" goto help
echo unknown command: %command%
call :usage
exit /b 2

:demo
dotnet build examples\Demo\Demo.csproj -c Release -v q || exit /b 1
dotnet artifacts\bin\Demo\release\Demo.dll --work artifacts\demo %2 %3 %4 %5
exit /b %errorlevel%

:test
dotnet build Tlb.ML.sln -c Release -v m || exit /b 1
dotnet test Tlb.ML.sln -c Release --no-build %2 %3 %4 %5 %6 %7 %8 %9
exit /b %errorlevel%

:help
call :usage
exit /b 0

:usage
echo usage: tlb COMMAND
echo.
echo   demo [--data FOLDER]   train on images, save, load in a new process, score a folder
echo                          (your own images: one sub-folder per class)
echo   test [ARGUMENT...]     build everything and run the tests; arguments go to `dotnet test`
echo   help                   this text
exit /b 0
