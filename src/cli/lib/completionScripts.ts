/**
 * What each shell sources. All the knowledge is in `backtest complete` (lib/complete.ts); the scripts hand over the words
 * and show what comes back, so they need not change when commands do. Nothing typed is ever evaluated.
 */

const bash = `# backtest: completion for bash
_backtest_complete() {
  local out value help
  COMPREPLY=()
  out=$(backtest complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
  case $out in
    :files) compopt -o default 2>/dev/null; return 0 ;;
    :folders) compopt -o dirnames 2>/dev/null; return 0 ;;
  esac
  while IFS=$'\\t' read -r value help; do
    if [[ -n $value ]]; then COMPREPLY+=("$value"); fi
  done <<< "$out"
  if [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}
complete -F _backtest_complete backtest
`;

const zsh = `#compdef backtest
# backtest: completion for zsh
_backtest() {
  local -a lines
  lines=("\${(@f)$(backtest complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
    '') return 1 ;;
    :files) _files ;;
    :folders) _files -/ ;;
    *=:*) _describe backtest lines -S '' ;;
    *) _describe backtest lines ;;
  esac
}
if [[ $funcstack[1] == _backtest ]]; then _backtest "$@"; else compdef _backtest backtest; fi
`;

const fish = `# backtest: completion for fish
function __backtest_complete
  set -l before (commandline -opc)
  set -l typed (commandline -ct)
  set -l lines (backtest complete fish $before[2..-1] "$typed" 2>/dev/null)
  switch "$lines[1]"
    case ':files'
      __fish_complete_path "$typed"
    case ':folders'
      __fish_complete_directories "$typed"
    case '*'
      printf '%s\\n' $lines
  end
end
complete -c backtest -f -a '(__backtest_complete)'
`;

const powershell = `# backtest: completion for PowerShell
Register-ArgumentCompleter -Native -CommandName backtest -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $length = $cursorPosition - $commandAst.Extent.StartOffset
  $line = "$commandAst".PadRight($length).Substring(0, $length)
  & backtest complete powershell $line 2>$null | Where-Object { $_ -and -not $_.StartsWith(':') } | ForEach-Object {
    $value, $help = $_ -split "\`t", 2
    if (-not $help) { $help = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
  }
}
`;

export const completionScripts = { bash, zsh, fish, powershell } as const;
export type Shell = keyof typeof completionScripts;
