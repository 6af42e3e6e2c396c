import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * Says what Quartz makes of cron expressions: reads lines `expression TAB zone TAB from`, and writes each with the next
 * five fires after `from` behind it, "-" where there is none, or the one word "refused". Lines that start with # and
 * empty ones are copied. The golden table is made anew, from the top of the tree, by
 *
 * <pre>
 * java -cp /usr/share/java/quartz2.jar tests/support/quartz/CronTable.java \
 *   < tests/golden/cron/expressions.tsv > tests/golden/cron/quartz.tsv
 * </pre>
 */
public final class CronTable {
  private static final int FIRES = 5;

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.print(line.isEmpty() || line.startsWith("#") ? line + "\n" : row(line.split("\t")) + "\n");
    }
    out.flush();
  }

  private static String row(String[] fields) {
    StringBuilder row = new StringBuilder(fields[0] + "\t" + fields[1] + "\t" + fields[2]);
    CronExpression cron;
    try {
      cron = new CronExpression(fields[0]);
    } catch (ParseException refusal) {
      return row + "\trefused";
    }
    cron.setTimeZone(TimeZone.getTimeZone(fields[1]));
    Date at = Date.from(Instant.parse(fields[2]));
    for (int fire = 0; fire < FIRES; fire++) {
      at = at == null ? null : cron.getNextValidTimeAfter(at);
      row.append('\t').append(at == null ? "-" : at.toInstant().toString());
    }
    return row.toString();
  }
}
