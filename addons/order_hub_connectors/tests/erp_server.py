"""A real MariaDB server of the tests' own, and databases as K3 and U8 have them.

The server lives in a temporary folder, listens on 127.0.0.1 only, and can be killed
in the middle of anything. The tables are made in the shape of those systems, with the
columns that the shipped mappings use and some more.
"""

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pymysql

INSTALL, SERVER = "mariadb-install-db", "mariadbd"
#: Called by the first; it is in the package of the client.
DEFAULTS = "my_print_defaults"
SECONDS = 60


def program(name: str) -> str | None:
    """Return where a program of the server is; it is not on everybody's path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def is_installed() -> bool:
    return all(map(program, (INSTALL, SERVER, DEFAULTS)))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class MariaDB:
    """One server: started, killed, started again with the same data."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="order_hub_erp_"))
        self.port, self.password = free_port(), secrets.token_urlsafe(12)
        self.process = None
        self._install()
        self.start()

    def _install(self):
        subprocess.run(
            [program(INSTALL), f"--datadir={self.folder / 'data'}", "--no-defaults",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True,
        )  # fmt: skip

    def start(self):
        arguments = [
            program(SERVER), "--no-defaults", f"--datadir={self.folder / 'data'}",
            f"--socket={self.folder / 's'}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--pid-file={self.folder / 'pid'}",
            "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M",
            "--innodb-flush-log-at-trx-commit=1", "--skip-log-bin",
            "--performance-schema=OFF", f"--log-error={self.folder / 'log'}",
        ]  # fmt: skip
        if os.geteuid() == 0:
            arguments.append("--user=root")
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()

    def _wait(self):
        end = time.monotonic() + SECONDS
        while True:
            try:
                self.admin().close()
                return
            except pymysql.Error:
                if time.monotonic() > end or self.process.poll() is not None:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"MariaDB did not start: {log[-800:]}") from None
                time.sleep(0.1)

    def ensure(self):
        """Start again what a test has killed and left so."""
        if self.process.poll() is not None:
            self.start()

    def kill(self):
        """End the server as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def halt(self):
        """End it in peace; its data stays."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            if self.process.poll() is None:
                self.kill()

    def stop(self):
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def admin(self, database=None):
        return pymysql.connect(
            user="root",
            database=database,
            unix_socket=str(self.folder / "s"),
            charset="utf8mb4",
            autocommit=True,
        )

    def run(self, database, *statements):
        """Run statements as the other system does, each at once kept."""
        with contextlib.closing(self.admin(database)) as connection:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(*([statement] if isinstance(statement, str)
                                     else statement))  # fmt: skip
                return cursor.fetchall()

    def make(self, database, tables, user="hub"):
        """Make a database with tables, and a user of the hub."""
        self.run(
            None,
            f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4",
            f"CREATE USER IF NOT EXISTS '{user}'@'127.0.0.1' "
            f"IDENTIFIED BY '{self.password}'",
            f"GRANT SELECT, SHOW VIEW, INSERT, UPDATE, DELETE ON `{database}`.* "
            f"TO '{user}'@'127.0.0.1'",
        )
        self.run(database, *tables)


@cache
def shared() -> MariaDB:
    """Return one server for all tests of a process, that each class halts."""
    server = MariaDB()
    atexit.register(server.stop)
    return server


# === SHAPES === #

K3 = (
    """CREATE TABLE SEOrder (
        FInterID int AUTO_INCREMENT PRIMARY KEY, FBillNo varchar(100) NOT NULL,
        FBrNo varchar(100), FTranType bigint NOT NULL DEFAULT 81,
        FCancellation bigint NOT NULL DEFAULT 0, FStatus bigint NOT NULL DEFAULT 1,
        FDate datetime, FCustID bigint, FCurrencyID bigint DEFAULT 1,
        FFetchAdd varchar(100), FExplanation varchar(500), FCheckerID bigint,
        FChangeDate datetime, FNote varchar(30), FFetchDate datetime)""",
    """CREATE TABLE SEOrderEntry (
        FInterID int NOT NULL, FEntryID int NOT NULL, FItemID int, FUnitID int,
        FQty decimal(28,10) NOT NULL, FAuxQty decimal(28,10) NOT NULL,
        FAuxPrice decimal(28,10), FAmount decimal(20,2), FDate datetime,
        FNote varchar(100), PRIMARY KEY (FInterID, FEntryID))""",
    """CREATE TABLE t_Organization (
        FItemID int PRIMARY KEY, FNumber varchar(80), FName varchar(160),
        FPhone varchar(40), FAddress varchar(200), FEmail varchar(80))""",
    "CREATE TABLE t_Currency (FCurrencyID int PRIMARY KEY, FNumber varchar(10), "
    "FName varchar(20))",
    "CREATE TABLE t_ICItemCore (FItemID int PRIMARY KEY, FNumber varchar(80), "
    "FName varchar(160), FModel varchar(160))",
    "CREATE VIEW t_ICItem AS SELECT * FROM t_ICItemCore",
    "CREATE TABLE t_MeasureUnit (FMeasureUnitID int PRIMARY KEY, "
    "FNumber varchar(20), FName varchar(20))",
    "CREATE TABLE ICMaxNum (FTableName varchar(50) PRIMARY KEY, FMaxNum int NOT NULL)",
    "INSERT INTO ICMaxNum VALUES ('SEOrder', 1000), ('ICStockBill', 7)",
    "INSERT INTO t_Currency VALUES (1, 'RMB', '人民币')",
    "INSERT INTO t_MeasureUnit VALUES (1, 'PCS', '件')",
    "INSERT INTO t_Organization VALUES "
    "(1, 'C001', '太湖汽修', '0510-81234567', '蠡湖大道12号', 'buy@taihu.example.com')",
    "INSERT INTO t_ICItemCore VALUES (1, 'ZXJ-0123', '转向节', 'M8'), "
    "(2, 'BZ-0456', '半轴', '')",
)  # fmt: skip

U8 = (
    """CREATE TABLE SO_SOMain (
        ID int PRIMARY KEY, cSOCode varchar(30), dDate datetime, cCusCode varchar(20),
        cexch_name varchar(8), cCusOAddress varchar(200), cMemo varchar(60),
        cMaker varchar(20), cVerifier varchar(20), cCloser varchar(20), iStatus int,
        bReturnFlag int, cDefine10 varchar(60), dPreDateBT datetime,
        dcreatesystime datetime(3), dmodifysystime datetime(3))""",
    """CREATE TABLE SO_SODetails (
        AutoID int AUTO_INCREMENT PRIMARY KEY, ID int NOT NULL, iSOsID int,
        cSOCode varchar(30), cInvCode varchar(60), cInvName varchar(120),
        iQuantity decimal(30,10), iUnitPrice decimal(30,10), iMoney decimal(19,4),
        iTaxUnitPrice decimal(30,10), iSum decimal(19,4), dPreDate datetime)""",
    "CREATE TABLE Customer (cCusCode char(20) PRIMARY KEY, cCusName varchar(120), "
    "cCusAbbName varchar(60))",
    "CREATE TABLE Inventory (cInvCode varchar(60) PRIMARY KEY, cInvName varchar(120), "
    "cInvStd varchar(120))",
    "INSERT INTO Customer VALUES ('00000006', '示例电子科技有限公司', '示例电子')",
    "INSERT INTO Inventory VALUES ('10000105', '贴片电容', ''), "
    "('10000104', '贴片电容', '')",
    # two orders as a real account has them: prices with more digits than money
    """INSERT INTO SO_SOMain VALUES (1829159, 'G201706035677', '2017-06-07',
        '00000006', '人民币', NULL, '采购入库', '演示丁', '演示丁', NULL, 1, 0, NULL,
        '2017-06-07', '2017-06-07 09:00:00.123', NULL)""",
    """INSERT INTO SO_SODetails (ID, iSOsID, cSOCode, cInvCode, cInvName, iQuantity,
        iUnitPrice, iMoney, iTaxUnitPrice, iSum, dPreDate) VALUES
        (1829159, 189424, 'G201706035677', '10000105', '贴片电容', 2, 3.885, 7.77,
         4, 8, '2017-06-07'),
        (1829159, 189425, 'G201706035677', '10000104', '贴片电容', 3, 5.8833, 17.65,
         6, 18, '2017-06-09')""",
)


def k3_order(number, lines=2, day=None, status=1):
    """Return statements that make one order of K3, as its client does."""
    at, day = int(number), day or date.today().isoformat()
    rows = ", ".join(
        f"({at}, {line}, {line % 2 + 1}, 1, {line}, {line}, 160.5, "
        f"{Decimal('160.5') * line}, '2030-03-2{line % 10}')"
        for line in range(1, lines + 1)
    )
    return [
        f"INSERT INTO SEOrder (FInterID, FBillNo, FStatus, FDate, FCustID) VALUES "
        f"({at}, 'SEORD{at:06d}', {status}, '{day}', 1)",
        "INSERT INTO SEOrderEntry (FInterID, FEntryID, FItemID, FUnitID, FQty, "
        f"FAuxQty, FAuxPrice, FAmount, FDate) VALUES {rows}",
    ]
