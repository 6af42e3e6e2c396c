import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Date;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/**
 * One instance of clustered Quartz on PostgreSQL, with a job that does nothing.
 *
 * <pre>
 * QuartzBurst tables
 * QuartzBurst INSTANCE URL BATCH
 * </pre>
 *
 * The first form writes the SQL that makes its tables. BATCH is org.quartz.scheduler.batchTriggerAcquisitionMaxCount. Reads commands, one a line: `burst NAME COUNT DUE_MS`
 * schedules COUNT triggers for one moment and writes `scheduled NAME`; the end of the input stops it. Writes `ready`,
 * and for each fire `fired NAME DUE_MS NOW_MS`.
 */
public final class QuartzBurst {
  private static final String THREADS = "10";
  private static final String CONNECTIONS = "20";
  private static final String TABLES = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";

  public static final class Nothing implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      say("fired " + context.getTrigger().getKey().getGroup() + " " + context.getScheduledFireTime().getTime() + " "
          + System.currentTimeMillis());
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("tables")) {
      Scheduler.class.getResourceAsStream(TABLES).transferTo(System.out);
      return;
    }
    Scheduler scheduler = new StdSchedulerFactory(settings(arguments[0], arguments[1], arguments[2])).getScheduler();
    scheduler.start();
    say("ready");
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      burst(scheduler, words[1], Integer.parseInt(words[2]), new Date(Long.parseLong(words[3])));
      say("scheduled " + words[1]);
    }
    scheduler.shutdown(true);
  }

  private static void burst(Scheduler scheduler, String name, int count, Date due) throws Exception {
    JobDetail job = JobBuilder.newJob(Nothing.class).withIdentity(name).storeDurably().build();
    Set<Trigger> triggers = new HashSet<>();
    for (int i = 0; i < count; i++) {
      triggers.add(TriggerBuilder.newTrigger().withIdentity("t" + i, name).forJob(job).startAt(due)
          .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow()).build());
    }
    scheduler.scheduleJob(job, triggers, true);
  }

  private static Properties settings(String instance, String url, String batch) {
    Properties settings = new Properties();
    settings.put("org.quartz.scheduler.instanceName", "bench");
    settings.put("org.quartz.scheduler.instanceId", instance);
    settings.put("org.quartz.scheduler.skipUpdateCheck", "true");
    // The least that is allowed: instances look often for what others have scheduled.
    settings.put("org.quartz.scheduler.idleWaitTime", "1000");
    settings.put("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", batch);
    settings.put("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    settings.put("org.quartz.threadPool.threadCount", THREADS);
    settings.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
    settings.put("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
    settings.put("org.quartz.jobStore.isClustered", "true");
    settings.put("org.quartz.jobStore.useProperties", "true");
    settings.put("org.quartz.jobStore.misfireThreshold", "600000");
    if (!batch.equals("1")) settings.put("org.quartz.jobStore.acquireTriggersWithinLock", "true");
    settings.put("org.quartz.jobStore.dataSource", "bench");
    settings.put("org.quartz.dataSource.bench.provider", "hikaricp");
    settings.put("org.quartz.dataSource.bench.driver", "org.postgresql.Driver");
    settings.put("org.quartz.dataSource.bench.URL", url);
    settings.put("org.quartz.dataSource.bench.user", "postgres");
    settings.put("org.quartz.dataSource.bench.password", "none");
    settings.put("org.quartz.dataSource.bench.maxConnections", CONNECTIONS);
    return settings;
  }
}
