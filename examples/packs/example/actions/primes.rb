# The prime numbers up to a limit, by the sieve of Eratosthenes. Parameters are JSON on standard input.
require 'json'

limit = JSON.parse($stdin.read).fetch('limit')
warn "sieving up to #{limit}"

prime = Array.new(limit + 1, true)
prime[0] = prime[1] = false
(2..Integer.sqrt(limit)).each do |number|
  (number * number).step(limit, number) { |multiple| prime[multiple] = false } if prime[number]
end

primes = prime.each_index.select { |number| prime[number] }
puts JSON.generate(count: primes.size, greatest: primes.last, sum: primes.sum)
