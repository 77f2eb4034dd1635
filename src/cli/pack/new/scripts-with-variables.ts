import type { Script } from './script.ts';

const shell = String.raw`#!/bin/sh
# Parameters are variables, the result is JSON on standard output; standard error is for the log.
set -eu

echo "greeting $ATTUNE_PARAM_NAME" >&2
greeting="Hello, $ATTUNE_PARAM_NAME!"
if [ "$ATTUNE_PARAM_SHOUT" = true ]; then
  greeting=$(printf '%s' "$greeting" | tr '[:lower:]' '[:upper:]')
fi

# JSON wants a backslash before each quote and each backslash.
printf '{"greeting": "%s"}\n' "$(printf '%s' "$greeting" | sed 's/["\\]/\\&/g')"
`;

const java = String.raw`// Parameters are variables, the result is JSON on standard output; standard error is for the log.
public class Hello {
    public static void main(String[] arguments) {
        String name = System.getenv("ATTUNE_PARAM_NAME");

        System.err.println("greeting " + name);
        String greeting = "Hello, " + name + "!";
        if (System.getenv("ATTUNE_PARAM_SHOUT").equals("true")) greeting = greeting.toUpperCase();
        // JSON wants a backslash before each quote and each backslash.
        String escaped = greeting.replace("\\", "\\\\").replace("\"", "\\\"");
        System.out.println("{\"greeting\": \"" + escaped + "\"}");
    }
}
`;

const r = String.raw`# Parameters are variables, the result is JSON on standard output; standard error is for the log.
name <- Sys.getenv("ATTUNE_PARAM_NAME")

message("greeting ", name)
greeting <- paste0("Hello, ", name, "!")
if (Sys.getenv("ATTUNE_PARAM_SHOUT") == "true") greeting <- toupper(greeting)
# JSON wants a backslash before each quote and each backslash.
escaped <- gsub("([\"\\\\])", "\\\\\\1", greeting)
cat("{\"greeting\": \"", escaped, "\"}\n", sep = "")
`;

const lua = String.raw`-- Parameters are variables, the result is JSON on standard output; standard error is for the log.
local name = os.getenv("ATTUNE_PARAM_NAME")

io.stderr:write("greeting ", name, "\n")
local greeting = "Hello, " .. name .. "!"
if os.getenv("ATTUNE_PARAM_SHOUT") == "true" then
  greeting = greeting:upper()
end
-- JSON wants a backslash before each quote and each backslash.
local escaped = greeting:gsub('["\\]', "\\%0")
print('{"greeting": "' .. escaped .. '"}')
`;

const tcl = String.raw`# Parameters are variables, the result is JSON on standard output; standard error is for the log.
set name $env(ATTUNE_PARAM_NAME)

puts stderr "greeting $name"
set greeting "Hello, $name!"
if {$env(ATTUNE_PARAM_SHOUT)} {
    set greeting [string toupper $greeting]
}
# JSON wants a backslash before each quote and each backslash.
set escaped [string map {\\ \\\\ \" \\\"} $greeting]
puts "{\"greeting\": \"$escaped\"}"
`;

const julia = String.raw`# Parameters are variables, the result is JSON on standard output; standard error is for the log.
name = ENV["ATTUNE_PARAM_NAME"]

println(stderr, "greeting ", name)
greeting = "Hello, $name!"
if ENV["ATTUNE_PARAM_SHOUT"] == "true"
    greeting = uppercase(greeting)
end
# JSON wants a backslash before each quote and each backslash.
escaped = replace(replace(greeting, "\\" => "\\\\"), "\"" => "\\\"")
println("{\"greeting\": \"", escaped, "\"}")
`;

const elixir = String.raw`# Parameters are variables, the result is JSON on standard output; standard error is for the log.
name = System.fetch_env!("ATTUNE_PARAM_NAME")

IO.puts(:stderr, "greeting #{name}")
greeting = "Hello, #{name}!"
greeting = if System.get_env("ATTUNE_PARAM_SHOUT") == "true", do: String.upcase(greeting), else: greeting
# JSON wants a backslash before each quote and each backslash.
escaped = greeting |> String.replace("\\", "\\\\") |> String.replace("\"", "\\\"")
IO.puts("{\"greeting\": \"#{escaped}\"}")
`;

const delivery = 'env';

/** Languages that need a library for JSON. */
export const scriptsWithVariables: readonly Script[] = [
  { runtime: 'shell', extension: 'sh', delivery, text: shell },
  { runtime: 'java', extension: 'java', delivery, text: java },
  { runtime: 'r', extension: 'R', delivery, text: r },
  { runtime: 'lua', extension: 'lua', delivery, text: lua },
  { runtime: 'tcl', extension: 'tcl', delivery, text: tcl },
  { runtime: 'julia', extension: 'jl', delivery, text: julia },
  { runtime: 'elixir', extension: 'exs', delivery, text: elixir },
];
