/** `plasmatop completion SHELL`: the shell's part of completion. What there is to complete it asks the program at every tab. */
import { suggestName } from '../topology/names.ts';
import { type CommandRun, exitCode } from './context.ts';
import type { HelpSection } from './help-text.ts';

const BASH = `# bash completion of plasmatop: source <(plasmatop completion bash)
_plasmatop() {
  local rest=\${COMP_LINE:0:COMP_POINT} index=0 count=0 trimmed word line kind current prefix
  local -a typed=() lines=()
  # bash takes words apart at : = and @; where no space stood between two parts they are one.
  while ((index <= COMP_CWORD)); do
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    word=\${COMP_WORDS[index]}
    ((index == COMP_CWORD)) && word=$trimmed
    if ((count == 0)) || [[ $trimmed != "$rest" ]]; then
      typed[count++]=$word
    else
      typed[count - 1]+=$word
    fi
    rest=\${trimmed#"$word"}
    ((index++))
  done
  while IFS= read -r line; do lines+=("$line"); done < <(
    plasmatop __complete bash -- "\${typed[@]:1}" 2>/dev/null </dev/null
  )
  kind=\${lines[0]-}
  current=\${typed[count - 1]}
  prefix=
  # Only what comes after the last of these marks is replaced, unless a quote is open.
  if [[ $current != [\\"\\']* ]]; then
    case $COMP_WORDBREAKS in
      # To readline a @ belongs to what follows it.
      *@*) prefix=\${current%"\${current##*[@:=]}"} prefix=\${prefix%@} ;;
      *) prefix=\${current%"\${current##*[:=]}"} ;;
    esac
  fi
  COMPREPLY=()
  if [[ $kind == files ]]; then
    # With no word of ours the shell completes files, and quotes them as it does.
    compopt -o default 2>/dev/null
    return
  fi
  [[ $kind == open ]] && compopt -o nospace 2>/dev/null
  for line in "\${lines[@]:1}"; do
    word=\${line%%$'\\t'*}
    [[ $word == "$prefix"* ]] || continue
    word=\${word#"$prefix"}
    # A comma means nothing outside of braces, which are quoted.
    [[ $current == [\\"\\']* ]] || { printf -v word %q "$word" && word=\${word//\\\\,/,}; }
    COMPREPLY+=("$word")
  done
}
complete -F _plasmatop plasmatop
`;

const ZSH = `#compdef plasmatop
# zsh completion of plasmatop: save it as _plasmatop in a directory of $fpath, or source <(plasmatop completion zsh)
_plasmatop() {
  local line kind
  local -a typed lines values shown space
  typed=("\${(@Q)words[2,CURRENT-1]}")
  ((CURRENT == 2)) && typed=()
  lines=("\${(@f)$(plasmatop __complete zsh -- "\${typed[@]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  kind=$lines[1]
  if [[ $kind == files ]]; then
    compset -P '--[a-z-]##='
    _files
    return
  fi
  for line in "\${(@)lines[2,-1]}"; do
    [[ -n $line ]] || continue
    values+=("\${line%%$'\\t'*}")
    if [[ -n \${line#*$'\\t'} ]]; then
      shown+=("\${line%%$'\\t'*}  -- \${line#*$'\\t'}")
    else
      shown+=("\${line%%$'\\t'*}")
    fi
  done
  [[ $kind == open ]] && space=(-S '')
  # Quoted: the empty suffix is a word as well.
  compadd -l "\${(@)space}" -d shown -a values
}
if [[ $funcstack[1] == _plasmatop ]]; then
  _plasmatop "$@"
else
  compdef _plasmatop plasmatop
fi
`;

const FISH = `# fish completion of plasmatop: plasmatop completion fish | source
function __plasmatop_complete
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    set -l lines (plasmatop __complete fish -- $before "$current" 2>/dev/null </dev/null)
    if test "$lines[1]" = files
        set -l flag (string match -r -- '^--[a-z-]+=' $current)
        for path in (__fish_complete_path (string replace -- "$flag" '' "$current"))
            echo -- "$flag$path"
        end
        return
    end
    set -e lines[1]
    test (count $lines) -gt 0; and printf '%s\\n' $lines
end
complete -c plasmatop -f -a '(__plasmatop_complete)'
`;

export const completionScripts = { bash: BASH, zsh: ZSH, fish: FISH } as const;

export const completionHelp: readonly HelpSection[] = [
  {
    title: 'Where it goes',
    rows: [
      ['bash', '~/.local/share/bash-completion/completions/plasmatop, or a line in ~/.bashrc'],
      ['zsh', '_plasmatop in a directory of $fpath, before compinit'],
      ['fish', '~/.config/fish/completions/plasmatop.fish'],
    ],
    after:
      'Commands, flags, their values, and the names of nodes, tags, services and steps are completed, as the ' +
      'configuration has them that would be used. Nothing is contacted for it.',
  },
];

const isShell = (word: string): word is keyof typeof completionScripts =>
  Object.hasOwn(completionScripts, word);

export const completion: CommandRun = async ({ invocation, stdout, stderr }) => {
  const [word] = invocation.words;
  if (word === undefined || !isShell(word)) {
    const known = Object.keys(completionScripts);
    const message = word === undefined ? 'completion needs a shell' : `there is no completion for "${word}"`;
    const remedy = word === undefined ? `One of ${known.join(', ')}.` : suggestName(word, known);
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return exitCode.usage;
  }
  stdout.write(completionScripts[word]);
  return exitCode.ok;
};
