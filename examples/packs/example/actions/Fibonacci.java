import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;

/** A Fibonacci number of any size. Parameters arrive as lines like: index='1000' */
public class Fibonacci {
    public static void main(String[] arguments) throws IOException {
        int index = readIndex();
        System.err.println("computing number " + index);
        BigInteger current = BigInteger.ZERO;
        BigInteger next = BigInteger.ONE;
        for (int i = 0; i < index; i++) {
            BigInteger sum = current.add(next);
            current = next;
            next = sum;
        }
        String digits = current.toString();
        String end = digits.substring(Math.max(0, digits.length() - 12));
        System.out.printf("{\"index\": %d, \"digits\": %d, \"end\": \"%s\"}%n", index, digits.length(), end);
    }

    private static int readIndex() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.startsWith("index=")) {
                return Integer.parseInt(line.substring("index=".length()).replace("'", ""));
            }
        }
        throw new IOException("there is no parameter index");
    }
}
