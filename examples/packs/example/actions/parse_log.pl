#!/usr/bin/perl
# Requests by status, and their bytes, of a log given as JSON on standard input.
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->utf8->canonical;
my $log = $json->decode(do { local $/; <STDIN> })->{log};

my (%requests, $bytes, $unreadable);
$bytes = $unreadable = 0;
for my $line (split /\n/, $log) {
    if ($line =~ /^(\S+) \S+ \S+ \[[^\]]+\] "(\S+) (\S+)[^"]*" (\d{3}) (\d+|-)$/) {
        $requests{$4}++;
        $bytes += $5 if $5 ne '-';
    } else {
        $unreadable++;
    }
}
print STDERR "read ", scalar(split /\n/, $log), " lines, $unreadable of them unreadable\n";
print $json->encode({ requests => \%requests, bytes => $bytes + 0, unreadable => $unreadable }), "\n";
