using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Persistence.Migrations.Events
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    severity = table.Column<int>(type: "INTEGER", nullable: false),
                    src_ip = table.Column<byte[]>(type: "BLOB", nullable: true),
                    src_port = table.Column<int>(type: "INTEGER", nullable: true),
                    dest_ip = table.Column<byte[]>(type: "BLOB", nullable: true),
                    dest_port = table.Column<int>(type: "INTEGER", nullable: true),
                    proto = table.Column<string>(type: "TEXT", nullable: true),
                    sid = table.Column<long>(type: "INTEGER", nullable: true),
                    document = table.Column<string>(type: "TEXT", nullable: false),
                    packet = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_notices", x => x.seq);
                });

            migrationBuilder.CreateIndex(
                name: "notices_time",
                table: "notices",
                column: "time");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "notices");
        }
    }
}
