# Completion of drey for fish. Load it with:  drey completion fish | source
# or write it to ~/.config/fish/completions/drey.fish.
# Made by `drey completion fish` out of the commands that this version has.

function __drey_words
    switch "$argv[1]"
        case ''
            printf '%s\n' 'completion	Print a script' 'context	' 'job	Run, stop and watch jobs' 'run	Run it' 'topic	'
        case 'context'
            printf '%s\n' 'list	List contexts' 'use	Use a context'
        case 'job'
            printf '%s\n' 'list	List jobs' 'show	Show a job' 'stop	Stop a job'
        case 'topic'
            printf '%s\n' 'create	Create a topic' 'list	List topics' 'tail	Show records'
        case '*'
            return 1
    end
end

function __drey_flags
    switch "$argv[1]"
        case 'completion'
            printf '%s\n' 
        case 'context list'
            printf '%s\n' '--json	It\'s JSON'
        case 'context use'
            printf '%s\n' 
        case 'job list'
            printf '%s\n' '--json	It\'s JSON' '--output	Form of the output: wide has more columns' '-o	Form of the output: wide has more columns' '--url	' '--context	'
        case 'job show'
            printf '%s\n' '--output	Form of the output: wide has more columns' '-o	Form of the output: wide has more columns' '--url	' '--context	'
        case 'job stop'
            printf '%s\n' '--url	' '--context	' '--color	' '--no-color	'
        case 'run'
            printf '%s\n' '--init	'
        case 'topic create'
            printf '%s\n' '--bootstrap-server	'
        case 'topic list'
            printf '%s\n' '--bootstrap-server	'
        case 'topic tail'
            printf '%s\n' '--bootstrap-server	'
        case '*'
            return 1
    end
end

function __drey_value
    switch "$argv[1]"
        case 'job list --output' 'job list -o' 'job show --output' 'job show -o'
            echo 'words text json'
        case 'job list --url' 'job show --url' 'job stop --url' 'topic create --bootstrap-server' 'topic list --bootstrap-server' 'topic tail --bootstrap-server'
            echo 'none'
        case 'job list --context' 'job show --context' 'job stop --context'
            echo 'listed context list'
        case 'run --init'
            echo 'files'
        case '*'
            return 1
    end
end

function __drey_argument
    switch "$argv[1]"
        case 'completion 0'
            echo 'words bash zsh'
        case 'context use 0'
            echo 'listed context list'
        case 'job show 0'
            echo 'listed job list'
        case 'job stop 0'
            echo 'listed job list --active'
        case 'run 0'
            echo 'files'
        case 'topic create 0'
            echo 'none'
        case 'topic tail 0'
            echo 'listed topic list'
        case '*'
            return 1
    end
end

# Proposes what a lookup has found; each candidate begins with the prefix.
function __drey_propose
    set -l prefix $argv[2]
    set -l parts (string split ' ' -- $argv[1])
    switch "$parts[1]"
        case words
            for word in $parts[2..-1]
                echo "$prefix$word"
            end
        case files
            set -l current (string replace -- "$prefix" '' (commandline -ct))
            for file in (__fish_complete_path "$current")
                echo "$prefix$file"
            end
        case listed
            for name in (drey $parts[2..-1] -o name --timeout 2s $argv[3..-1] 2>/dev/null)
                echo "$prefix$name"
            end
    end
end

function __drey_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l line ''
    set -l expected ''
    set -l position 0
    set -l target
    for word in $tokens[2..-1]
        if test -n "$expected"
            if contains -- $expected --url --context --bootstrap-server --command-config
                set -a target $expected $word
            end
            set expected ''
            continue
        end
        switch $word
            case --
                return
            case '--url=*' '--context=*' '--bootstrap-server=*' '--command-config=*'
                set -a target $word
            case '-*'
                if __drey_value "$line $word" >/dev/null
                    set expected $word
                end
            case '*'
                set -l known (__drey_words "$line" | string replace -r '\t.*' '')
                if test $position -eq 0; and contains -- $word $known
                    set line (string trim "$line $word")
                else
                    set position (math $position + 1)
                end
        end
    end
    if test -n "$expected"
        __drey_propose "$(__drey_value "$line $expected")" '' $target
    else if string match -q -- '--*=*' "$current"
        set -l flag (string split -m 1 -- = $current)[1]
        __drey_propose "$(__drey_value "$line $flag")" "$flag=" $target
    else if string match -q -- '-*' "$current"
        __drey_flags "$line"
    else if test $position -eq 0; and __drey_words "$line" >/dev/null
        __drey_words "$line"
    else
        __drey_propose "$(__drey_argument "$line $position")" '' $target
    end
end

complete -c drey -f -a '(__drey_complete)'
