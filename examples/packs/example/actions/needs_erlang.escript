#!/usr/bin/env escript
main(_) -> io:format("a worker with Erlang is here~n").
