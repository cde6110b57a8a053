import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** An HDFS of one node. Arguments: the port of the NameNode's HTTP, the folder of its data, whether to format it. */
public class MiniHdfs {
  public static void main(String[] args) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set("hdfs.minidfs.basedir", args[1]);
    new MiniDFSCluster.Builder(configuration, new File(args[1]))
        .numDataNodes(1)
        .nameNodeHttpPort(Integer.parseInt(args[0]))
        .format(Boolean.parseBoolean(args[2]))
        .build()
        .waitActive();
    System.out.println("UP");
    Thread.sleep(Long.MAX_VALUE);
  }
}
