import type { Script } from './script.ts';

const node = `// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
import { text } from 'node:stream/consumers';

const { name, shout } = JSON.parse(await text(process.stdin));

console.error(\`greeting \${name}\`);
const greeting = \`Hello, \${name}!\`;
console.log(JSON.stringify({ greeting: shout ? greeting.toUpperCase() : greeting }));
`;

const python = `"""Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log."""

import json
import sys

parameters = json.load(sys.stdin)

print(f"greeting {parameters['name']}", file=sys.stderr)
greeting = f"Hello, {parameters['name']}!"
if parameters["shout"]:
    greeting = greeting.upper()
print(json.dumps({"greeting": greeting}))
`;

const ruby = `# Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
require 'json'

parameters = JSON.parse($stdin.read)

warn "greeting #{parameters['name']}"
greeting = "Hello, #{parameters['name']}!"
greeting = greeting.upcase if parameters['shout']
puts JSON.generate(greeting: greeting)
`;

const go = `// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
package main

import (
	"encoding/json"
	"log"
	"os"
	"strings"
)

func main() {
	var parameters struct {
		Name  string
		Shout bool
	}
	if err := json.NewDecoder(os.Stdin).Decode(&parameters); err != nil {
		log.Fatal(err)
	}

	log.Printf("greeting %s", parameters.Name)
	greeting := "Hello, " + parameters.Name + "!"
	if parameters.Shout {
		greeting = strings.ToUpper(greeting)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]string{"greeting": greeting})
}
`;

const perl = `# Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
use strict;
use warnings;
use JSON::PP;

my $parameters = decode_json(do { local $/; <STDIN> });

print STDERR "greeting $parameters->{name}\\n";
my $greeting = "Hello, $parameters->{name}!";
$greeting = uc $greeting if $parameters->{shout};
print encode_json({ greeting => $greeting }), "\\n";
`;

const php = `<?php
// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
$parameters = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);

fwrite(STDERR, "greeting {$parameters['name']}\\n");
$greeting = "Hello, {$parameters['name']}!";
if ($parameters['shout']) {
    $greeting = strtoupper($greeting);
}
echo json_encode(['greeting' => $greeting], JSON_THROW_ON_ERROR), "\\n";
`;

const deno = `// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
const { name, shout } = await new Response(Deno.stdin.readable).json();

console.error(\`greeting \${name}\`);
const greeting = \`Hello, \${name}!\`;
console.log(JSON.stringify({ greeting: shout ? greeting.toUpperCase() : greeting }));
`;

const bun = `// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
const { name, shout } = await Bun.stdin.json();

console.error(\`greeting \${name}\`);
const greeting = \`Hello, \${name}!\`;
console.log(JSON.stringify({ greeting: shout ? greeting.toUpperCase() : greeting }));
`;

const powershell = `# Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
$parameters = [Console]::In.ReadToEnd() | ConvertFrom-Json

[Console]::Error.WriteLine("greeting $($parameters.name)")
$greeting = "Hello, $($parameters.name)!"
if ($parameters.shout) { $greeting = $greeting.ToUpperInvariant() }
@{ greeting = $greeting } | ConvertTo-Json -Compress
`;

const dotnet = `// Parameters are JSON on standard input, the result is JSON on standard output; standard error is for the log.
using System.Text.Json;

using var parameters = JsonDocument.Parse(Console.In.ReadToEnd());
var name = parameters.RootElement.GetProperty("name").GetString();

Console.Error.WriteLine($"greeting {name}");
var greeting = $"Hello, {name}!";
if (parameters.RootElement.GetProperty("shout").GetBoolean()) greeting = greeting.ToUpperInvariant();
Console.WriteLine("{\\"greeting\\": \\"" + JsonEncodedText.Encode(greeting) + "\\"}");
`;

const delivery = 'stdin';

/** Languages that read and write JSON by themselves. */
export const scriptsWithJson: readonly Script[] = [
  { runtime: 'python', extension: 'py', delivery, text: python },
  { runtime: 'node', extension: 'mjs', delivery, text: node },
  { runtime: 'javascript', extension: 'mjs', delivery, text: node },
  { runtime: 'ruby', extension: 'rb', delivery, text: ruby },
  { runtime: 'go', extension: 'go', delivery, text: go },
  { runtime: 'perl', extension: 'pl', delivery, text: perl },
  { runtime: 'php', extension: 'php', delivery, text: php },
  { runtime: 'deno', extension: 'ts', delivery, text: deno },
  { runtime: 'bun', extension: 'ts', delivery, text: bun },
  { runtime: 'powershell', extension: 'ps1', delivery, text: powershell },
  { runtime: 'dotnet', extension: 'cs', delivery, text: dotnet },
];
